import Dispatch
import Logging
import Synchronization

/// Turns: one exchange with the store after the other.
extension WorkerPool {
    /// The backoff after a failed exchange: doubled at each failure in a row, between these.
    static let firstBackoffMilliseconds: Int64 = 100
    static let longestBackoffMilliseconds: Int64 = 5_000

    /// Asks for a turn; cheap when one is due already.
    func ring() {
        // Both sides exchange the flag, so either the turn sees what was recorded before the ring, or
        // the ring sees the flag lowered and queues another turn.
        guard !turnIsDue.exchange(true, ordering: .acquiringAndReleasing) else { return }
        queue.async { [self] in takeTurn() }
    }

    /// Tells the pool that the store may have ready jobs.
    func announceWork() {
        hasNews.store(true, ordering: .releasing)
        liveness.exchangeIsDue(now: clock.now)
        ring()
    }

    func timerFired() {
        dispatchPrecondition(condition: .onQueue(queue))
        turns.isBackingOff = false
        hasNews.store(true, ordering: .releasing)
        takeTurn()
    }

    func takeTurn() {
        guard let (exchange, completion) = nextExchange() else { return }
        store.exchange(exchange, completion: completion)
    }

    /// What this turn exchanges, from now on under way; nil if there is nothing to, or not yet.
    func nextExchange() -> (WorkExchange, ExchangeCompletion)? {
        dispatchPrecondition(condition: .onQueue(queue))
        guard turns.phase == .running || turns.phase == .stopping else { return nil }
        // The flag stays up meanwhile: the end of the exchange, or of the backoff, takes the turn.
        guard turns.exchange == nil, !turns.isBackingOff else { return nil }
        _ = turnIsDue.exchange(false, ordering: .acquiringAndReleasing)
        if hasNews.exchange(false, ordering: .acquiring) { turns.mayHaveReady = true }
        let waiting = crew.collect(into: &turns.ended)
        let capacity = crew.indices.count * Self.prefetchPerWorker
        let room = stopFlag.isRaised ? 0 : max(0, capacity - waiting)
        if !turns.ended.isEmpty {
            // After a failure results go first and alone: they are what must not be lost.
            return exchange(claiming: turns.failures > 0 ? 0 : room)
        }
        if room > 0, turns.mayHaveReady { return exchange(claiming: room) }
        liveness.exchangeIsNotDue()
        endStopIfDrained()
        return nil
    }

    private func exchange(claiming limit: Int) -> (WorkExchange, ExchangeCompletion) {
        let carried = TurnState.Exchange(ended: turns.ended, claimLimit: limit)
        turns.exchange = carried
        turns.ended = []
        let now = clock.now
        liveness.exchangeIsDue(now: now)
        let exchange = WorkExchange(
            ended: carried.ended,
            claimLimit: limit,
            now: now,
            wall: clock.wall,
            lateAfter: lateAfter
        )
        return (exchange, { [self] in finish(carried, $0) })
    }

    private func finish(
        _ carried: TurnState.Exchange,
        _ result: Result<WorkBatch, StoreError>
    ) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard turns.phase == .running || turns.phase == .stopping else { return }
        turns.exchange = nil
        liveness.exchangeCameBack(now: clock.now)
        switch result {
        case .success(let batch):
            exchangeSucceeded(carried, batch)
        case .failure(let error):
            turns.ended.insert(contentsOf: carried.ended, at: 0)
            exchangeFailed(error)
        }
        turns.recalledMeanwhile = []
        takeTurn()
    }

    private func exchangeSucceeded(_ carried: TurnState.Exchange, _ batch: WorkBatch) {
        if turns.failures > 0 {
            logger.notice(
                "the store works again",
                metadata: ["failures": "\(turns.failures)"]
            )
            turns.failures = 0
            turns.loggedError = nil
        }
        for claim in batch.lost {
            logger.error(
                "claim lost before its end was stored; the result was dropped",
                metadata: ["job": "\(claim.jobID)", "attempt": "\(claim.attempt)"]
            )
        }
        if carried.claimLimit > 0 {
            turns.mayHaveReady = batch.jobs.count >= carried.claimLimit
        }
        if turns.phase == .running {
            turns.timer?.arm(engine: batch.nextDelay, wall: batch.nextDate)
        }
        deliver(batch.jobs)
    }

    private func exchangeFailed(_ error: StoreError) {
        turns.failures += 1
        if turns.loggedError != error {
            turns.loggedError = error
            logger.error("the store failed; results are kept and tried again: \(error)")
        }
        let doublings = min(turns.failures - 1, 16)
        let delay = min(
            Self.firstBackoffMilliseconds << Int64(doublings),
            Self.longestBackoffMilliseconds
        )
        turns.isBackingOff = true
        turns.timer?.arm(engine: clock.now + .milliseconds(delay), wall: nil)
    }

    /// Deals claimed jobs to the workers, except those that must not start any more.
    private func deliver(_ jobs: [Job]) {
        var accepted: [Job] = []
        accepted.reserveCapacity(jobs.count)
        for job in jobs {
            if mustNotStart(job) {
                turns.ended.append(runner.end(job, as: .givenBack))
            } else {
                accepted.append(job)
            }
        }
        crew.deal(accepted) { index in { [self] in work(as: index) } }
    }

    private func mustNotStart(_ job: Job) -> Bool {
        job.isCancelRequested || turns.recalledMeanwhile.contains(job.id) || stopFlag.isRaised
            || turns.pausedKinds.contains(job.kind)
    }
}
