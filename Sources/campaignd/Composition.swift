import APIServer
import APITypes
import Campaigns
import Glibc
import JobQueue
import Logging
import Outbound
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
        logger: Logger
    ) throws -> [Dispatcher] {
        try Channel.allCases.map { channel in
            let settings = configuration.transports[channel]
            var logger = logger
            logger[metadataKey: "channel"] = "\(channel.rawValue)"
            return Dispatcher(
                channel: channel,
                transport: try transport(settings, channel, dataDir: configuration.dataDir),
                store: store,
                clock: clock,
                random: SystemRandom(),
                retry: MessageRetryPolicy(settings.retry),
                pace: PaceLimits(
                    transport: RateLimit(settings.rate),
                    sender: RateLimit(settings.perSender)
                ),
                events: store.events,
                logger: logger
            )
        }
    }

    static func pool(
        _ configuration: DaemonConfiguration,
        store: SQLiteStore,
        clock: any EngineClock,
        logger: Logger
    ) -> WorkerPool {
        WorkerPool(
            store: store,
            handlers: [
                CreateHandler(store: store, clock: clock),
                BuildHandler(store: store, clock: clock),
                SendHandler(store: store, clock: clock),
            ],
            workers: configuration.workers,
            clock: clock,
            random: SystemRandom(),
            retryPolicy: { [jobs = configuration.jobs] kind in
                RetryPolicy(jobs[kind.rawValue])
            },
            events: store.events,
            logger: logger
        )
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

    private static func transport(
        _ settings: TransportConfiguration,
        _ channel: Channel,
        dataDir: String
    ) throws -> any MessageTransport {
        switch settings.kind {
        case .spool:
            let folder =
                settings.folder.hasPrefix("/") ? settings.folder : "\(dataDir)/\(settings.folder)"
            return try SpoolTransport(
                channel: channel,
                outbox: folder,
                maxConnections: settings.maxConnections
            )
        case .smtp:
            return SMTPTransport(
                Outbound.SMTPConfiguration(
                    settings.smtp,
                    maxConnections: settings.maxConnections
                ),
                inDoubt: InDoubtPolicy(settings.inDoubt)
            )
        }
    }
}

extension TransportsConfiguration {
    /// The transport of a channel.
    subscript(channel: Channel) -> TransportConfiguration {
        switch channel {
        case .email: email
        case .sms: sms
        case .voice: voice
        }
    }
}

extension Dispatcher {
    /// What recovery has to know of this transport after a death.
    var record: TransportRecord {
        TransportRecord(channel: channel, kind: transport.kind, inDoubt: transport.inDoubt)
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
    init(_ settings: Settings.SMTPConfiguration, maxConnections: Int) {
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
            caFile: settings.caFile
        )
    }
}
