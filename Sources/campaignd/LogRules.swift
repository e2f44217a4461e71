import Logging
import Settings
import Synchronization

/// What is logged; may change while the daemon runs.
final class LogRules: Sendable {
    private struct State {
        var level: Logger.Level
        var showsAddresses: Bool

        init(_ configuration: DaemonConfiguration) {
            level = Logger.Level(rawValue: configuration.logLevel.rawValue) ?? .info
            showsAddresses = configuration.logAddresses
        }
    }

    private let state: Mutex<State>

    init(_ configuration: DaemonConfiguration) {
        state = Mutex(State(configuration))
    }

    /// The least severe level that is written.
    var level: Logger.Level { state.withLock { $0.level } }

    /// Whether addresses of people appear as they are.
    var showsAddresses: Bool { state.withLock { $0.showsAddresses } }

    /// Has the rules of another configuration hold from here on.
    func replace(with configuration: DaemonConfiguration) {
        state.withLock { $0 = State(configuration) }
    }
}
