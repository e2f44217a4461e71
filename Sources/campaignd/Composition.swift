import APIServer
import APITypes
import Campaigns
import Dispatch
import Glibc
import JobQueue
import Logging
import Outbound
import RemoteCampaigns
import SQLiteStore
import Settings
import Transports

/// Makes the parts that the configuration asks for.
enum Composition {
    /// One dispatcher for each channel, whatever carries it.
    static func dispatchers(
        _ configuration: DaemonConfiguration,
        store: SQLiteStore,
        clock: any EngineClock,
        links: UnsubscribeLinks?,
        global: GlobalPace,
        logger: Logger
    ) throws -> [Dispatcher] {
        let site = TransportSite(
            dataDir: configuration.dataDir,
            publicURL: configuration.http.publicURL,
            region: PhoneNumber.Region(rawValue: configuration.region) ?? .unspecified,
            clock: clock
        )
        return try Channel.allCases.map { channel in
            let settings = configuration.transports[channel]
            var logger = logger
            logger[metadataKey: "channel"] = "\(channel.rawValue)"
            return Dispatcher(
                channel: channel,
                transport: try transport(settings, channel, at: site),
                store: store,
                clock: clock,
                random: SystemRandom(),
                retry: MessageRetryPolicy(settings.retry),
                pace: PaceLimits(settings),
                global: global,
                quietHours: try QuietHours(settings.quietHours),
                links: links,
                events: store.events,
                logger: logger
            )
        }
    }

    /// The words by which recipients stop and start messages.
    static func words(_ configuration: DaemonConfiguration) throws -> ConsentWords {
        guard let file = configuration.optOut.wordsFile, let words = configuration.optOut.words
        else { return .standard }
        do {
            return try ConsentWords(csv: words)
        } catch {
            throw StartFailure.words(file, "\(error)")
        }
    }

    /// Recipients' links; nil where no URL leads to them.
    static func links(_ configuration: DaemonConfiguration) throws -> UnsubscribeLinks? {
        guard let publicURL = configuration.http.publicURL else { return nil }
        let key =
            try configuration.http.linkKey.map { Array($0.reveal().utf8) }
            ?? LinkKey.load(in: configuration.dataDir)
        return UnsubscribeLinks(publicURL: publicURL, key: key)
    }

    /// Tells the webhook; nil where none is configured.
    static func notices(
        _ configuration: DaemonConfiguration,
        store: SQLiteStore,
        clock: any EngineClock,
        logger: Logger
    ) throws -> NoticeSender? {
        guard let url = configuration.events.url, let secret = configuration.events.secret else {
            return nil
        }
        guard let endpoint = WebhookEndpoint(url: url, secret: secret.reveal()) else {
            throw StartFailure.system(
                "events.secretFile does not hold whsec_ and Base64 of 24 to 64 bytes"
            )
        }
        return NoticeSender(
            endpoint,
            store: store,
            client: HTTPClient(
                HTTPClientConfiguration(maxConnections: 1, name: "campaignd.webhook")
            ),
            clock: clock,
            events: store.events,
            logger: logger
        )
    }

    static func pool(
        _ configuration: DaemonConfiguration,
        store: SQLiteStore,
        drivers: [AccountDriver],
        clock: any EngineClock,
        logger: Logger
    ) -> WorkerPool {
        let backends = Dictionary(uniqueKeysWithValues: drivers.map { ($0.policy.name, $0) })
        let handler = { (step: CampaignStep, local: any JobHandler) in
            AccountHandler(step, local: local, backends: backends)
        }
        return WorkerPool(
            store: store,
            handlers: [
                handler(.create, CreateHandler(store: store, clock: clock)),
                handler(
                    .build,
                    BuildHandler(
                        store: store,
                        clock: clock,
                        publicURL: configuration.http.publicURL
                    )
                ),
                handler(.send, SendHandler(store: store, clock: clock)),
            ],
            workers: configuration.workers,
            clock: clock,
            random: SystemRandom(),
            retryPolicy: { [jobs = configuration.jobs] kind in
                RetryPolicy(jobs[kind.rawValue])
            },
            lateAfter: Duration(configuration.lateAfter),
            events: store.events,
            logger: logger
        )
    }

    /// One driver for each account at another server.
    static func drivers(
        _ configuration: DaemonConfiguration,
        store: SQLiteStore,
        clock: any EngineClock,
        logger: Logger
    ) -> [AccountDriver] {
        configuration.accounts.names.map { name in
            let account = configuration.accounts[name]
            return AccountDriver(
                AccountPolicy(account, name: name),
                store: store,
                clock: clock,
                random: SystemRandom(),
                caFile: account.caFile,
                events: store.events,
                logger: logger
            )
        }
    }

    static func server(_ configuration: DaemonConfiguration) -> ServerSettings {
        let socketFolder = getenv("RUNTIME_DIRECTORY").map { String(cString: $0) }
        let http = configuration.http
        return ServerSettings(
            socket: SocketSettings(
                path: "\(socketFolder ?? configuration.dataDir)/campaignd.sock",
                mode: configuration.socket.mode,
                group: configuration.socket.group
            ),
            tcp: http.listen.map { address in
                TCPSettings(
                    host: address.host,
                    port: Int(address.port),
                    tokens: tokens(http),
                    maximumBodyBytes: Int(http.maxBodyBytes)
                )
            },
            public: http.publicListen.map { address in
                PublicSettings(
                    host: address.host,
                    port: Int(address.port),
                    maximumBodyBytes: Int(http.maxBodyBytes)
                )
            }
        )
    }

    /// Who may call over TCP.
    static func tokens(_ http: HTTPConfiguration) -> [UserToken] {
        http.tokens.map { UserToken(user: $0.user, token: $0.token.reveal()) }
    }
}

extension TransportsConfiguration {
    /// The transport of a channel.
    subscript(channel: Channel) -> TransportConfiguration {
        get {
            switch channel {
            case .email: email
            case .sms: sms
            case .voice: voice
            }
        }
        set {
            switch channel {
            case .email: email = newValue
            case .sms: sms = newValue
            case .voice: voice = newValue
            }
        }
    }
}

extension Dispatcher {
    /// What recovery has to know of this transport after a death.
    var record: TransportRecord {
        TransportRecord(transport, on: channel)
    }
}

extension TransportStatus {
    /// What an operator should look at; nil while all is well.
    var warning: String? {
        guard breaker != "closed" else { return nil }
        return "\(channel.rawValue): the \(kind) transport is not there (\(reason ?? "")); nothing "
            + "is spent, it is probed by itself"
    }
}

extension PaceLimits {
    init(_ settings: TransportConfiguration) {
        self.init(transport: RateLimit(settings.rate), sender: RateLimit(settings.perSender))
    }
}

extension MessageRetryPolicy {
    init(_ retry: DeliveryRetryConfiguration) {
        self.init(
            backoff: Backoff(retry.backoff),
            attempts: retry.attempts,
            giveUpAfter: Duration(retry.giveUpAfter)
        )
    }
}

extension RateLimit {
    init?(_ rate: RateConfiguration) {
        guard let perSecond = rate.perSecond else { return nil }
        self.init(perSecond: perSecond, burst: rate.burst)
    }
}

extension QuietHours {
    /// Nil where none are set.
    init?(_ hours: QuietHoursConfiguration) throws {
        guard let from = hours.from, let to = hours.to, let zone = hours.zone else { return nil }
        self.init(from: from, to: to, zone: zone)
    }
}

extension RetryPolicy {
    init(_ job: JobConfiguration) {
        self.init(backoff: Backoff(job.retry), maxAttempts: job.maxAttempts)
    }
}

extension Backoff {
    init(_ retry: RetryConfiguration) {
        self.init(first: Duration(retry.first), maximum: Duration(retry.max))
    }
}

extension AccountPolicy {
    init(_ account: AccountConfiguration, name: String) {
        self.init(
            name: name,
            baseURL: account.baseURL,
            userID: account.userID,
            token: { account.token().reveal() },
            hasMarker: account.marker,
            ambiguousSend: account.ambiguousSend == .hold ? .hold : .resend,
            settle: Duration(account.settle),
            poll: Backoff(account.poll),
            requestTimeout: Duration(account.requestTimeout),
            ratePerSecond: account.ratePerSecond,
            maxConcurrent: account.maxConcurrent,
            retry: Backoff(account.retry),
            statuses: account.statuses.compactMapValues(CampaignStatus.init(rawValue:))
        )
    }
}

extension InDoubtPolicy {
    init(_ setting: TransportConfiguration.InDoubt) {
        switch setting {
        case .resend: self = .resend
        case .hold: self = .hold
        }
    }
}

extension Duration {
    init(_ span: TimeSpan) {
        self = .milliseconds(span.milliseconds)
    }
}

extension Outbound.SMTPConfiguration {
    init(_ settings: Settings.SMTPConfiguration, maxConnections: Int, caFile: String?) {
        let security: Security =
            switch settings.tls {
            case .none: .none
            case .starttls: .startTLS
            case .tls: .implicit
            }
        self.init(
            host: settings.host,
            port: UInt16(clamping: settings.port),
            tls: security,
            username: settings.username ?? "",
            password: settings.password?.reveal() ?? "",
            maxConnections: maxConnections,
            timeouts: Outbound.SMTPTimeouts(
                connect: Duration(settings.timeouts.connect),
                reply: Duration(settings.timeouts.reply),
                afterDot: Duration(settings.timeouts.afterDot),
                idle: Duration(settings.timeouts.idle)
            ),
            caFile: caFile
        )
    }
}
