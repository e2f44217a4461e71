import Dispatch

/// The orderly end: no attempt is spent by it.
extension WorkerPool {
    /// Stops claiming, gives prefetched jobs back, and waits for running handlers until `deadline`
    /// from now on engine time.
    ///
    /// Handlers see ``JobContext/shouldStop`` at once. What still runs at the deadline is left alone:
    /// its result is dropped and the next epoch recovers the job. A second call waits for the first.
    ///
    /// - Parameter completion: called once, on the pool's queue, with whether every attempt's end was
    ///   stored.
    package func stop(deadline: Duration, completion: @escaping @Sendable (Bool) -> Void) {
        stopFlag.raise()
        queue.async { [self] in beginStop(deadline, completion) }
    }

    /// Stops and blocks until that is done; never call it from a handler.
    package func stop(deadline: Duration) -> Bool {
        let done = DispatchSemaphore(value: 0)
        stop(deadline: deadline) { _ in done.signal() }
        done.wait()
        return queue.sync { turns.phase == .stopped(drained: true) }
    }

    private func beginStop(_ deadline: Duration, _ completion: @escaping @Sendable (Bool) -> Void) {
        dispatchPrecondition(condition: .onQueue(queue))
        switch turns.phase {
        case .new:
            turns.phase = .stopped(drained: true)
            completion(true)
        case .running:
            turns.phase = .stopping
            turns.stopCompletions.append(completion)
            turns.subscription?.cancel()
            turns.stopTimer = clock.makeTimer(on: queue) { [weak self] in
                self?.endStop(drained: false)
            }
            turns.stopTimer?.arm(engine: clock.now + deadline, wall: nil)
            // A store that failed a while ago is asked once more at once.
            turns.isBackingOff = false
            turns.timer?.arm(engine: nil, wall: nil)
            endWaiting(as: .givenBack) { _ in true }
            takeTurn()
        case .stopping:
            turns.stopCompletions.append(completion)
        case .stopped(let drained):
            completion(drained)
        }
    }

    func endStopIfDrained() {
        dispatchPrecondition(condition: .onQueue(queue))
        // A worker that falls asleep later asks for a turn, because the flag is up.
        guard turns.phase == .stopping, crew.areAllAsleep else { return }
        endStop(drained: true)
    }

    private func endStop(drained: Bool) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard turns.phase == .stopping else { return }
        turns.phase = .stopped(drained: drained)
        turns.timer?.cancel()
        turns.stopTimer?.cancel()
        let completions = turns.stopCompletions
        turns.stopCompletions = []
        for completion in completions { completion(drained) }
    }
}
