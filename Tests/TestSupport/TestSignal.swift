package import Dispatch

/// Lets a test wait for something that another thread does; never a sleep.
package final class TestSignal: Sendable {
    /// Real time after which a wait is a failure, far beyond what any step takes.
    package static let patience: DispatchTimeInterval = .seconds(20)

    private let semaphore = DispatchSemaphore(value: 0)

    /// Makes a signal that was not given yet.
    package init() {}

    /// Lets one wait pass, present or future.
    package func fire() {
        semaphore.signal()
    }

    /// Blocks until the signal was given once for this wait.
    package func wait(for what: String = "signal") throws(TestTimeout) {
        guard semaphore.wait(timeout: .now() + Self.patience) == .success else {
            throw TestTimeout(what: what)
        }
    }
}

/// What a test waited for in vain.
package struct TestTimeout: Error, CustomStringConvertible {
    package let what: String

    package init(what: String) {
        self.what = what
    }

    package var description: String { "waited in vain for: \(what)" }
}
