import Campaigns
import JobQueue
import Outbound
import Settings
import Transports

/// What transports are made of beside their own settings.
struct TransportSite {
    var dataDir: String
    var publicURL: String?
    /// Of phone numbers without a country code.
    var region: PhoneNumber.Region
    var clock: any EngineClock
}

extension Composition {
    /// The transport of a channel.
    static func transport(
        _ settings: TransportConfiguration,
        _ channel: Channel,
        at site: TransportSite
    ) throws -> any MessageTransport {
        let options = HTTPTransportOptions(
            maxConnections: settings.maxConnections,
            inDoubt: InDoubtPolicy(settings.inDoubt),
            caFile: settings.caFile
        )
        let gateway = settings.gateway
        switch settings.kind {
        case .spool:
            let folder =
                settings.folder.hasPrefix("/")
                ? settings.folder : "\(site.dataDir)/\(settings.folder)"
            return try SpoolTransport(
                channel: channel,
                outbox: folder,
                maxConnections: settings.maxConnections
            )
        case .smtp:
            return SMTPTransport(
                Outbound.SMTPConfiguration(
                    settings.smtp,
                    maxConnections: settings.maxConnections,
                    caFile: settings.caFile
                ),
                inDoubt: InDoubtPolicy(settings.inDoubt)
            )
        case .twilio: return HTTPTransport.twilio(TwilioSettings(gateway, site), options)
        case .kannel: return HTTPTransport.kannel(KannelSettings(gateway, site), options)
        case .webhook:
            let webhook = WebhookSettings(
                url: gateway.url ?? "",
                secret: gateway.secret.reveal(),
                replies: .webhook.overridden(by: gateway.replies),
                now: { [clock = site.clock] in clock.wall }
            )
            return HTTPTransport.webhook(webhook, options)
        case .command:
            return CommandTransport(
                CommandSettings(argv: gateway.argv, timeout: Duration(gateway.timeout)),
                maxConnections: settings.maxConnections,
                inDoubt: InDoubtPolicy(settings.inDoubt)
            )
        }
    }
}

extension TwilioSettings {
    init(_ gateway: GatewayConfiguration, _ site: TransportSite) {
        self.init(
            baseURL: gateway.baseURL ?? "https://api.twilio.com",
            accountSID: gateway.accountSID ?? "",
            authToken: gateway.secret.reveal(),
            callbackURL: gateway.callbackURL ?? site.publicURL,
            region: site.region,
            replies: .twilio.overridden(by: gateway.replies),
            call: CallSettings(
                language: gateway.call.language,
                optOutKey: gateway.call.optOutKey,
                repeatKey: gateway.call.repeatKey,
                retries: [
                    .busy: CallRetry(gateway.call.busy),
                    .noAnswer: CallRetry(gateway.call.noAnswer),
                    .machine: CallRetry(gateway.call.machine),
                    .network: CallRetry(gateway.call.network),
                ],
                sipCodes: gateway.call.sipCodes.mapValues(CallOutcome.init)
            )
        )
    }
}

extension KannelSettings {
    init(_ gateway: GatewayConfiguration, _ site: TransportSite) {
        self.init(
            baseURL: gateway.baseURL ?? "",
            username: gateway.username ?? "",
            password: gateway.secret.reveal(),
            callbackURL: gateway.callbackURL ?? site.publicURL,
            replies: .kannel.overridden(by: gateway.replies)
        )
    }
}

extension ReplyTable {
    /// The table with what the configuration says over it.
    fileprivate func overridden(by replies: [Int: ReplyMeaning]) -> ReplyTable {
        overridden(by: replies.mapValues(ReplyClass.init))
    }
}

extension ReplyClass {
    fileprivate init(_ meaning: ReplyMeaning) {
        self =
            switch meaning {
            case .recipient: .recipient(nil)
            case .invalidAddress: .recipient(.invalidAddress)
            case .stop: .recipient(.stop)
            case .content: .content
            case .sender: .sender
            case .deferred: .deferred
            case .throttled: .throttled
            case .away: .away
            case .unknown: .unknown
            }
    }
}

extension CallOutcome {
    fileprivate init(_ failure: CallFailure) {
        self =
            switch failure {
            case .busy: .busy
            case .noAnswer: .noAnswer
            case .badNumber: .badNumber
            case .network: .network
            }
    }
}

extension CallRetry {
    init(_ retry: CallRetryConfiguration) {
        self.init(after: Duration(retry.after), times: retry.times)
    }
}
