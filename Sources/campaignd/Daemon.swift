import APIServer
import APITypes
import CampaignAPI
import Campaigns
import Dispatch
import Exposition
import Foundation
import JobQueue
import Logging
import RemoteCampaigns
import SQLiteStore
import Settings
import Transports

/// The daemon: every part made and started in order, stopped in the reverse order.
final class Daemon {
    private let configuration: DaemonConfiguration
    private let logger: Logger
    private let lock: InstanceLock
    private let store: SQLiteStore
    private let clock: any EngineClock
    private let pool: WorkerPool
    private let dispatchers: [Dispatcher]
    private let global: GlobalPace
    private let drivers: [AccountDriver]
    private let notices: NoticeSender?
    private let service: CampaignService
    private let startedAt: Timestamp
    private let metrics: MetricsRegistry

    /// Runs until a signal asks it to stop and everything has ended.
    ///
    /// - Parameter inputs: what the configuration was read from, and is read from again.
    static func run(_ configuration: DaemonConfiguration, inputs: ConfigurationInputs) throws {
        for number in [SIGPIPE, SIGHUP] { signal(number, SIG_IGN) }
        umask(0o007)
        let rules = LogRules(configuration)
        let logger = LogOutput.logger(configuration, rules: rules)
        let signals = StopSignals()
        let daemon = try Daemon(configuration, logger: logger, signals: signals)
        try daemon.serve(until: signals, rules: rules, inputs: inputs)
    }

    private init(
        _ configuration: DaemonConfiguration,
        logger: Logger,
        signals: StopSignals
    ) throws {
        self.configuration = configuration
        self.logger = logger
        metrics = CountedMetrics.begin()
        guard PhoneNumber.Region(rawValue: configuration.region) != nil else {
            throw StartFailure.region(configuration.region)
        }
        try DataFolder.prepare(configuration.dataDir)
        // Before the socket is bound: a bind would steal a living daemon's.
        lock = try InstanceLock.acquireForDaemon(in: configuration.dataDir)
        (store, clock) = try SystemdNotifier.askingForTime("opening the database") {
            try SQLiteStore.open(StoreOptions(configuration, logger: logger, signals: signals))
        }
        startedAt = clock.now
        if let recovered = store.recovered { logger.warning("\(recovered)") }
        let links = try Composition.links(configuration)
        service = CampaignService(
            store: store,
            clock: clock,
            settings: ServiceSettings(
                maxAttempts: configuration.jobs.all.maxAttempts,
                region: configuration.region,
                defaultAccount: configuration.defaultAccount,
                remoteAccounts: configuration.accounts.names,
                publicURL: configuration.http.publicURL
            ),
            links: links,
            words: try Composition.words(configuration)
        )
        global = GlobalPace(RateLimit(configuration.transports.rate))
        dispatchers = try Composition.dispatchers(
            configuration,
            store: store,
            clock: clock,
            links: links,
            global: global,
            logger: logger
        )
        drivers = Composition.drivers(
            configuration,
            store: store,
            clock: clock,
            logger: logger
        )
        notices = try Composition.notices(
            configuration,
            store: store,
            clock: clock,
            logger: logger
        )
        pool = Composition.pool(
            configuration,
            store: store,
            drivers: drivers,
            clock: clock,
            logger: logger
        )
    }

    private func serve(
        until signals: StopSignals,
        rules: LogRules,
        inputs: ConfigurationInputs
    ) throws {
        let eventLog = EventLog.subscribe(to: store.events, logger: logger)
        defer { eventLog.cancel() }
        try store.configureTransports(dispatchers.map(\.record))
        try store.keepSettings(service.settings)
        try store.keepAccounts(drivers.map(\.policy.account))
        try store.setNotices(on: notices != nil)
        try store.reconcileKinds(known: [.create, .build, .send], now: clock.now)
        let server = try startServer()
        for dispatcher in dispatchers { dispatcher.start() }
        for driver in drivers { try driver.start() }
        pool.start()
        notices?.start()
        try service.sweepCancelled()
        let watchdog = watchdog()
        let retention = Retention(
            RetentionPolicy(configuration.retention),
            store: store,
            clock: clock,
            logger: logger
        )
        var metadata: Logger.Metadata = [
            "epoch": "\(store.currentEpoch)", "dataDir": "\(configuration.dataDir)",
            "pid": "\(ProcessInfo.processInfo.processIdentifier)",
            "version": "\(ProductVersion.current)",
        ]
        if let port = server.tcpPort { metadata["tcpPort"] = "\(port)" }
        if let port = server.publicPort { metadata["publicPort"] = "\(port)" }
        logger.notice("ready", metadata: metadata)
        // Behind the line: who waits for the notice finds the ports in the log.
        SystemdNotifier.notify("READY=1", "STATUS=\(Watchdog.serving)")
        let reloader = Reloader(
            configuration,
            inputs: inputs,
            rules: rules,
            server: server,
            dispatchers: dispatchers,
            global: global,
            logger: logger
        )
        let reason = signals.wait()
        reloader.stop()
        retention.stop()
        watchdog?.stop()
        if case .failure(let failure) = reason {
            // Whoever waits is told. Not even closing may touch the file; the next start recovers.
            SystemdNotifier.notify("STOPPING=1")
            server.stop(timeout: Self.requestTimeout)
            _exit(StartFailure.exitCode(of: failure))
        }
        logger.notice("stopping", metadata: ["signal": "\(reason)"])
        SystemdNotifier.notify(
            "STOPPING=1",
            "STATUS=stopping: claims nothing, waits for what is under way",
            SystemdNotifier.moreTime(longestStop)
        )
        try stop(server)
    }

    private func watchdog() -> Watchdog? {
        let dispatching = dispatchers.map { dispatcher in
            Watchdog.Part(
                name: "\(dispatcher.channel.rawValue) dispatcher",
                ask: dispatcher.answer
            )
        }
        let driving = drivers.map { driver in
            Watchdog.Part(name: "account \(driver.policy.name)", ask: driver.answer)
        }
        return Watchdog(
            [
                Watchdog.Part(name: "claim loop", ask: pool.answer),
                Watchdog.Part(name: "writer", ask: store.answer),
            ] + dispatching + driving,
            logger: logger,
            isWell: { [pool, clock] in !pool.isWedged(now: clock.now) }
        )
    }

    private func startServer() throws -> APIServer {
        let checkConnections = { @Sendable [dispatchers, drivers] in
            ConnectionCheck.checks(of: dispatchers, drivers)
        }
        let handler = APIHandler(
            service: service,
            events: store.events,
            place: APIPlace(
                version: ProductVersion.current,
                dataDir: configuration.dataDir,
                databasePath: "\(configuration.dataDir)/\(StoreOptions.fileName)",
                publicURL: configuration.http.publicURL,
                inboundSecret: configuration.optOut.inboundSecret?.reveal()
            ),
            listeners: Dictionary(
                uniqueKeysWithValues: dispatchers.compactMap { dispatcher in
                    dispatcher.transport.listener.map { (dispatcher.channel, $0) }
                }
            ),
            daemon: {
                [dispatchers, global, clock, metrics, startedAt, store, epoch = store.currentEpoch]
                in
                DaemonStatus(
                    epoch: epoch,
                    startedAt: startedAt,
                    pid: getpid(),
                    transports: dispatchers.map { TransportStatusBody($0) },
                    globalThrottle: global.status(at: clock.now).map { ThrottleBody($0) },
                    warnings: dispatchers.compactMap(\.status.warning)
                        + [store.space.status.warning].compactMap(\.self),
                    notReady: store.space.status.warning,
                    pace: { id in dispatchers.compactMap { $0.pace(ofCampaign: id) } },
                    counted: { metrics.page },
                    nextToken: { channel, campaign in
                        dispatchers.first { $0.channel == channel }?.nextToken(ofCampaign: campaign)
                    },
                    checkConnections: checkConnections
                )
            }
        )
        return try APIServer.start(
            Composition.server(configuration),
            handler: handler,
            logger: logger
        )
    }

    /// Requests first, so that nobody is promised anything more; then claims; then what is under way.
    private func stop(_ server: APIServer) throws {
        let timeout = Duration(configuration.shutdownTimeout)
        server.stop(timeout: Self.requestTimeout)
        let end =
            DispatchTime.now()
            + .milliseconds(Int((timeout + Self.commitTime).wholeMilliseconds))
        let group = DispatchGroup()
        for dispatcher in dispatchers {
            group.enter()
            dispatcher.stop(timeout: timeout) { _ in group.leave() }
        }
        for driver in drivers {
            group.enter()
            driver.stop(timeout: timeout) { group.leave() }
        }
        if let notices {
            group.enter()
            notices.stop { group.leave() }
        }
        let isDrained = pool.stop(deadline: timeout)
        let haveLanded = group.wait(timeout: end) == .success
        if !isDrained || !haveLanded {
            logger.warning("not everything ended in time; the next start recovers it")
        }
        try store.close(now: clock.now)
        logger.notice("stopped")
    }

    /// The most that an orderly stop takes; systemd is told, and waits for it.
    private var longestStop: Duration {
        Self.requestTimeout + Duration(configuration.shutdownTimeout) + Self.commitTime
            + Self.closingTime
    }

    /// How long requests under way may still take.
    private static let requestTimeout: Duration = .seconds(2)
    /// What recording the last outcomes may take beside the shutdown timeout.
    private static let commitTime: Duration = .seconds(5)
    /// What the last checkpoint may take.
    private static let closingTime: Duration = .seconds(60)
}
