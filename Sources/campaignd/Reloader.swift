import APIServer
import Campaigns
import Dispatch
import Glibc
import JobQueue
import Logging
import Settings

/// SIGHUP: reads the configuration again, and has hold what can change while the daemon runs.
///
/// The log says what was taken over, and what waits for a restart. A configuration with faults
/// changes nothing.
final class Reloader: @unchecked Sendable {
    // `queue` protects the variable.
    private let inputs: ConfigurationInputs
    private let rules: LogRules
    private let server: APIServer
    private let dispatchers: [Dispatcher]
    private let global: GlobalPace
    private let logger: Logger
    private let queue = DispatchQueue(label: "campaignd.reload")
    private let source: any DispatchSourceSignal
    /// What holds now.
    private var current: DaemonConfiguration

    init(
        _ configuration: DaemonConfiguration,
        inputs: ConfigurationInputs,
        rules: LogRules,
        server: APIServer,
        dispatchers: [Dispatcher],
        global: GlobalPace,
        logger: Logger
    ) {
        self.inputs = inputs
        self.rules = rules
        self.server = server
        self.dispatchers = dispatchers
        self.global = global
        self.logger = logger
        current = configuration
        source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: queue)
        source.setEventHandler { [unowned self] in reload() }
        source.activate()
    }

    /// Reloads nothing more.
    func stop() {
        queue.sync { source.cancel() }
    }

    private func reload() {
        SystemdNotifier.notify("RELOADING=1", "MONOTONIC_USEC=\(Self.monotonicMicroseconds)")
        defer { SystemdNotifier.notify("READY=1") }
        do {
            let loaded = try LoadedConfiguration(from: inputs)
            for warning in loaded.warnings { logger.warning("configuration: \(warning)") }
            take(loaded.configuration)
        } catch {
            for fault in error.faults {
                logger.error("the configuration has a fault and was not reloaded: \(fault)")
            }
        }
    }

    private func take(_ fresh: DaemonConfiguration) {
        let changed = fresh.keys(unlike: current)
        let taken = changed.filter { Self.isReloadable($0, from: current, to: fresh) }
        let left = changed.filter { !taken.contains($0) }
        rules.replace(with: fresh)
        current.logLevel = fresh.logLevel
        current.logAddresses = fresh.logAddresses
        if taken.contains(Self.tokens) {
            server.replaceTokens(Composition.tokens(fresh.http))
            current.http.tokens = fresh.http.tokens
        }
        changeGlobalRate(to: fresh.transports.rate)
        for dispatcher in dispatchers { changeRates(of: dispatcher, to: fresh) }
        logger.notice("configuration reloaded", metadata: ["changed": "\(Self.list(taken))"])
        if !left.isEmpty {
            logger.warning(
                "these keys have changed and hold only after a restart",
                metadata: ["keys": "\(Self.list(left))"]
            )
        }
    }

    private func changeGlobalRate(to fresh: RateConfiguration) {
        guard RateLimit(current.transports.rate) != RateLimit(fresh) else { return }
        global.change(to: RateLimit(fresh))
        current.transports.rate = fresh
    }

    private func changeRates(of dispatcher: Dispatcher, to fresh: DaemonConfiguration) {
        let channel = dispatcher.channel
        let (old, new) = (current.transports[channel], fresh.transports[channel])
        guard PaceLimits(old) != PaceLimits(new) else { return }
        dispatcher.change(to: PaceLimits(new))
        current.transports[channel].rate = new.rate
        current.transports[channel].perSender = new.perSender
    }

    private static func isReloadable(
        _ key: String,
        from old: DaemonConfiguration,
        to fresh: DaemonConfiguration
    ) -> Bool {
        switch key {
        case "logLevel", "logAddresses": true
        // A listener that was open to all of this machine, or is to become so, is another listener.
        case _ where isRate(key): true
        case tokens: !old.http.tokens.isEmpty && !fresh.http.tokens.isEmpty
        default: false
        }
    }

    private static func isRate(_ key: String) -> Bool {
        key.hasPrefix("transports.")
            && ["ratePerSecond", "burst"].contains { key.hasSuffix(".\($0)") }
    }

    private static func list(_ keys: [String]) -> String {
        keys.isEmpty ? "nothing" : keys.joined(separator: ", ")
    }

    /// CLOCK_MONOTONIC, by which systemd orders reloads.
    private static var monotonicMicroseconds: UInt64 {
        DispatchTime.now().uptimeNanoseconds / 1_000
    }

    private static let tokens = "http.tokens"
}
