import Synchronization

/// A list that threads append to and a test waits on.
package final class Recorder<Element: Sendable>: Sendable {
    private struct Waiter {
        var isEnough: @Sendable ([Element]) -> Bool
        var signal: TestSignal
    }

    private struct State {
        var elements: [Element] = []
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    /// Makes an empty list.
    package init() {}

    /// What was recorded so far, in order.
    package var elements: [Element] { state.withLock { $0.elements } }

    /// Adds an element and lets those go who waited for it.
    package func append(_ element: Element) {
        let satisfied = state.withLock { state in
            state.elements.append(element)
            let satisfied = state.waiters.filter { $0.isEnough(state.elements) }
            state.waiters.removeAll { $0.isEnough(state.elements) }
            return satisfied
        }
        for waiter in satisfied { waiter.signal.fire() }
    }

    /// Blocks until there are `count` elements, and returns them all.
    @discardableResult
    package func wait(forCount count: Int) throws(TestTimeout) -> [Element] {
        try wait(for: "\(count) elements") { $0.count >= count }
    }

    /// Blocks until `isEnough` holds of the list, and returns it.
    @discardableResult
    package func wait(
        for what: String,
        until isEnough: @escaping @Sendable ([Element]) -> Bool
    ) throws(TestTimeout) -> [Element] {
        let signal = TestSignal()
        let isThere = state.withLock { state in
            if isEnough(state.elements) { return true }
            state.waiters.append(Waiter(isEnough: isEnough, signal: signal))
            return false
        }
        if !isThere { try signal.wait(for: what) }
        return elements
    }
}
