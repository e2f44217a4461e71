import Dispatch
import Synchronization

/// Hands what happens on the event loop to the one thread that waits for it, in order.
final class Mailbox<Letter: Sendable>: Sendable {
    private let letters = Mutex<[Letter]>([])
    private let arrivals = DispatchSemaphore(value: 0)

    /// Adds a letter; never blocks.
    func post(_ letter: Letter) {
        letters.withLock { $0.append(letter) }
        arrivals.signal()
    }

    /// Takes the oldest letter, or nil when none has come by the deadline.
    func take(by deadline: DispatchTime) -> Letter? {
        guard arrivals.wait(timeout: deadline) == .success else { return nil }
        return letters.withLock { $0.removeFirst() }
    }
}
