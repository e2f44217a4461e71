import Campaigns
import Dispatch
import JobQueue
import Synchronization

/// One answer that is waited for: until an event makes it possible, or a deadline passes.
package final class Wait: Sendable {
    /// What is waited for.
    ///
    /// The last two closures run on the handler's queue and may read the store.
    struct Condition: Sendable {
        /// Whether an event is worth a look at the store.
        var isConcerned: @Sendable (StoreEvent) -> Bool
        /// The answer, or nil to go on waiting.
        var evaluate: @Sendable () throws -> APIReply?
        /// The answer when time is up.
        var expire: @Sendable () throws -> APIReply
    }

    private struct State {
        var completion: (@Sendable (APIReply) -> Void)?
        var subscription: EventSubscription?
        var timer: (any EngineTimer)?
        /// Whether a look is queued, so that many events cause one.
        var isLookQueued = false
    }

    private let queue: DispatchQueue
    private let condition: Condition
    private let state: Mutex<State>

    init(
        _ condition: Condition,
        on queue: DispatchQueue,
        completion: @escaping @Sendable (APIReply) -> Void
    ) {
        self.condition = condition
        self.queue = queue
        state = Mutex(State(completion: completion))
    }

    /// Subscribes first and looks then, so that no change in between is missed.
    func start(events: EventHub, clock: any EngineClock, timeout: Duration) {
        let subscription = events.subscribe(details: true) { [self] event in
            if condition.isConcerned(event) { queueLook() }
        }
        let timer = clock.makeTimer(on: queue) { [self] in expire() }
        let isOver = state.withLock { state in
            state.subscription = subscription
            state.timer = timer
            return state.completion == nil
        }
        guard !isOver else { return cancel() }
        timer.arm(engine: clock.now + timeout, wall: nil)
        queueLook()
    }

    /// Gives the answer up; its completion is not called any more.
    package func cancel() { finish { nil } }

    private func queueLook() {
        let isFirst = state.withLock { state in
            defer { state.isLookQueued = true }
            return !state.isLookQueued
        }
        if isFirst { queue.async { [self] in look() } }
    }

    private func look() {
        dispatchPrecondition(condition: .onQueue(queue))
        let isOver = state.withLock { state in
            state.isLookQueued = false
            return state.completion == nil
        }
        guard !isOver else { return }
        do {
            if let reply = try condition.evaluate() { finish { reply } }
        } catch {
            finish { Problem(error).reply }
        }
    }

    private func expire() {
        dispatchPrecondition(condition: .onQueue(queue))
        finish { [condition] in
            do { return try condition.expire() } catch { return Problem(error).reply }
        }
    }

    /// Ends the wait; only the first end of several makes its reply.
    private func finish(_ reply: () -> APIReply?) {
        let (completion, subscription, timer) = state.withLock { state in
            defer { state = State() }
            return (state.completion, state.subscription, state.timer)
        }
        subscription?.cancel()
        timer?.cancel()
        if let completion, let reply = reply() { completion(reply) }
    }
}

extension Call {
    /// The answer that `condition` makes possible: at once if it does already, or if no daemon
    /// works on it, else later.
    func wait(for condition: Wait.Condition, timeout: Duration) throws -> APIReply {
        guard api.daemon != nil, timeout > .zero else {
            return try condition.evaluate() ?? condition.expire()
        }
        let pending = PendingReply { [api] completion in
            let wait = Wait(condition, on: api.waits, completion: completion)
            wait.start(events: api.events, clock: api.service.clock, timeout: timeout)
            return wait
        }
        return APIReply(status: 202, content: .later(pending))
    }
}
