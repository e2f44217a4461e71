import Dispatch
import Glibc
import Synchronization

/// SIGTERM and SIGINT as something to wait for; a second one ends the process at once.
final class StopSignals: @unchecked Sendable {
    // `sources` is only held, from the end of `init` on; the rest protects itself.
    private let sources: [any DispatchSourceSignal]
    private let arrived = DispatchSemaphore(value: 0)
    private let name = Mutex<String?>(nil)

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

    /// Blocks until a signal came; returns its name.
    func wait() -> String {
        arrived.wait()
        return name.withLock { $0 } ?? ""
    }

    private func receive(_ word: String) {
        let isFirst = name.withLock { name in
            defer { name = word }
            return name == nil
        }
        // Whoever asks twice does not want to wait; the next start recovers.
        guard isFirst else { _exit(EXIT_FAILURE) }
        arrived.signal()
    }
}
