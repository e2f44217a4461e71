import Dispatch
import Glibc
import Synchronization

/// SIGTERM and SIGINT, or a failure, as something to wait for; a second signal ends the process at once.
final class StopSignals: @unchecked Sendable {
    // `sources` is only held, from the end of `init` on; the rest protects itself.
    private let sources: [any DispatchSourceSignal]
    private let arrived = DispatchSemaphore(value: 0)
    private let reason = Mutex<Reason?>(nil)

    /// Why the daemon stops.
    enum Reason: CustomStringConvertible {
        case signal(String)
        /// The database cannot be relied on in this process any more.
        case failure(any Error)

        var description: String {
            switch self {
            case .signal(let name): name
            case .failure(let error): "\(error)"
            }
        }
    }

    /// From here on the signals no longer end the process by themselves.
    init() {
        let queue = DispatchQueue(label: "campaignd.signals")
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for (source, word) in zip(sources, ["SIGTERM", "SIGINT"]) {
            source.setEventHandler { [unowned self] in receive(word) }
            source.activate()
        }
    }

    /// Blocks until a signal came, or a failure.
    func wait() -> Reason {
        arrived.wait()
        return reason.withLock { $0 } ?? .signal("")
    }

    /// Has the daemon end without touching the database.
    func fail(_ error: any Error) {
        reason.withLock { $0 = .failure(error) }
        arrived.signal()
    }

    private func receive(_ word: String) {
        let isFirst = reason.withLock { reason in
            defer { reason = reason ?? .signal(word) }
            return reason == nil
        }
        // Whoever asks twice does not want to wait; the next start recovers.
        guard isFirst else { _exit(EXIT_FAILURE) }
        arrived.signal()
    }
}
