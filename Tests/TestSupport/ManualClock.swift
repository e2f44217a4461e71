package import Dispatch
package import JobQueue
import Synchronization

/// A clock that moves only when told; timers fire as it passes their deadlines, in order.
///
/// ``advance(by:)`` and ``setWall(_:)`` return when the handlers of all timers they made due have run,
/// each on its queue with the clock standing at its deadline. Never call them on a timer's own queue.
package final class ManualClock: EngineClock {
    fileprivate struct State {
        var now: Timestamp
        var wall: Timestamp
        var timers: [Int: ManualTimer.Deadlines] = [:]
        var nextTimer = 0
        var waiters: [(isArmed: @Sendable (ManualTimer.Deadlines) -> Bool, signal: TestSignal)] = []
    }

    private let state: Mutex<State>
    private let objects = Mutex<[Int: ManualTimer]>([:])

    /// Makes a clock whose engine time and wall clock both stand at `start`.
    package init(at start: Timestamp = Timestamp(milliseconds: 1_750_000_000_000)) {
        state = Mutex(State(now: start, wall: start))
    }

    package var now: Timestamp { state.withLock { $0.now } }

    package var wall: Timestamp { state.withLock { $0.wall } }

    package func makeTimer(
        on queue: DispatchQueue,
        handler: @escaping @Sendable () -> Void
    ) -> any EngineTimer {
        let id = state.withLock { state in
            state.nextTimer += 1
            return state.nextTimer
        }
        let timer = ManualTimer(id: id, clock: self, queue: queue, handler: handler)
        objects.withLock { $0[id] = timer }
        return timer
    }

    /// Moves both clocks forward, from deadline to deadline.
    package func advance(by span: Duration) {
        precondition(span >= .zero, "engine time never goes back")
        let end = now + span
        while let due = state.withLock({ $0.stepToNextDeadline(before: end) }) { fire(due) }
        state.withLock { state in
            state.wall = state.wall + (end - state.now)
            state.now = end
        }
    }

    /// Steps the wall clock, forward or back, as an operator or NTP would; engine time stands still.
    package func setWall(_ wall: Timestamp) {
        state.withLock { $0.wall = wall }
        let end = now
        while let due = state.withLock({ $0.stepToNextDeadline(before: end) }) { fire(due) }
    }

    // MARK: Deadlines

    /// The deadlines on engine time of all armed timers, soonest first.
    package var deadlines: [Timestamp] {
        state.withLock { $0.timers.values.compactMap(\.engine).sorted() }
    }

    /// The deadlines on the wall clock of all armed timers, soonest first.
    package var dates: [Timestamp] {
        state.withLock { $0.timers.values.compactMap(\.wall).sorted() }
    }

    /// Blocks until some timer is armed for exactly this engine time.
    package func wait(forDeadline deadline: Timestamp) throws(TestTimeout) {
        try wait(for: "a timer at \(deadline)") { $0.engine == deadline }
    }

    /// Blocks until some timer is armed for exactly this date.
    package func wait(forDate date: Timestamp) throws(TestTimeout) {
        try wait(for: "a timer at the date \(date)") { $0.wall == date }
    }

    private func wait(
        for what: String,
        until isArmed: @escaping @Sendable (ManualTimer.Deadlines) -> Bool
    ) throws(TestTimeout) {
        let signal = TestSignal()
        let isThere = state.withLock { state in
            if state.timers.values.contains(where: isArmed) { return true }
            state.waiters.append((isArmed, signal))
            return false
        }
        if !isThere { try signal.wait(for: what) }
    }

    // MARK: Timers

    /// Arms the timer; returns whether it is due already.
    fileprivate func arm(_ id: Int, _ deadlines: ManualTimer.Deadlines) -> Bool {
        let (isDue, signals) = state.withLock { state in
            var rest = deadlines
            let isDue = rest.clearDue(now: state.now, wall: state.wall)
            state.timers[id] = rest
            let satisfied = state.waiters.filter { $0.isArmed(deadlines) }
            state.waiters.removeAll { $0.isArmed(deadlines) }
            return (isDue, satisfied.map(\.signal))
        }
        for signal in signals { signal.fire() }
        return isDue
    }

    fileprivate func forget(_ id: Int) {
        state.withLock { $0.timers[id] = nil }
        objects.withLock { $0[id] = nil }
    }

    private func fire(_ id: Int) {
        objects.withLock { $0[id] }?.fireAndWait()
    }
}

extension ManualClock.State {
    /// Moves to the soonest deadline not after `end`, clears it, and names its timer.
    fileprivate mutating func stepToNextDeadline(before end: Timestamp) -> Int? {
        let waits = timers.compactMap { id, deadlines in
            deadlines.wait(now: now, wall: wall).map { (wait: $0, id: id) }
        }
        guard let soonest = waits.min(by: { $0 < $1 }), now + soonest.wait <= end else {
            return nil
        }
        now = now + soonest.wait
        wall = wall + soonest.wait
        _ = timers[soonest.id]?.clearDue(now: now, wall: wall)
        return soonest.id
    }
}

/// A timer of a manual clock.
private final class ManualTimer: EngineTimer {
    struct Deadlines {
        var engine: Timestamp?
        var wall: Timestamp?

        /// How long until the sooner of the two; nil when disarmed.
        func wait(now: Timestamp, wall present: Timestamp) -> Duration? {
            let waits = [engine.map { $0 - now }, wall.map { $0 - present }].compactMap { $0 }
            return waits.min().map { max($0, .zero) }
        }

        /// Clears what is due; says whether anything was.
        mutating func clearDue(now: Timestamp, wall present: Timestamp) -> Bool {
            var isDue = false
            if let engine, engine <= now { (self.engine, isDue) = (nil, true) }
            if let wall, wall <= present { (self.wall, isDue) = (nil, true) }
            return isDue
        }
    }

    private let id: Int
    private let clock: ManualClock
    private let queue: DispatchQueue
    private let handler: @Sendable () -> Void
    private let isCancelled = Atomic<Bool>(false)

    init(
        id: Int,
        clock: ManualClock,
        queue: DispatchQueue,
        handler: @escaping @Sendable () -> Void
    ) {
        self.id = id
        self.clock = clock
        self.queue = queue
        self.handler = handler
    }

    func arm(engine: Timestamp?, wall: Timestamp?) {
        guard !isCancelled.load(ordering: .acquiring) else { return }
        if clock.arm(id, Deadlines(engine: engine, wall: wall)) {
            queue.async { [self] in run() }
        }
    }

    func cancel() {
        isCancelled.store(true, ordering: .releasing)
        clock.forget(id)
    }

    func fireAndWait() {
        queue.sync { run() }
    }

    private func run() {
        guard !isCancelled.load(ordering: .acquiring) else { return }
        handler()
    }
}
