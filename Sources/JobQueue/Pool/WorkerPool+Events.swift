import Dispatch
import Logging
import Synchronization

/// What the store tells, and what becomes of prefetched jobs that must not start any more.
extension WorkerPool: JobTaker {
    package func exchangeForNewJobs() -> (WorkExchange, ExchangeCompletion)? {
        // While it stops, an exchange may be its last act, which is not to be hidden in a write.
        guard turns.phase == .running else { return nil }
        hasNews.store(true, ordering: .releasing)
        return nextExchange()
    }

    /// Takes an event on the store's queue, without blocking it.
    func handle(_ event: StoreEvent) {
        switch event {
        case .jobsReady:
            announceWork()
        case .lanesChanged:
            announceWork()
            queue.async { [self] in askForPausedKinds() }
        case .cancelRequested(let jobID):
            queue.async { [self] in recall(jobID) }
        case .job, .campaign, .dispatchChanged:
            break
        }
    }

    private func askForPausedKinds() {
        dispatchPrecondition(condition: .onQueue(queue))
        turns.laneQuestions += 1
        let question = turns.laneQuestions
        // A kind resumed meanwhile must not be given back for ever; a kind paused meanwhile is
        // swept off the shelves by the answer.
        turns.pausedKinds = []
        laneQueue.async { [self] in
            do throws(StoreError) {
                let paused = Set(try store.pausedKinds().keys)
                queue.async { [self] in pausedKindsCame(paused, question: question) }
            } catch {
                logger.error(
                    "cannot read which kinds are paused; jobs claimed before run: \(error)"
                )
            }
        }
    }

    private func pausedKindsCame(_ paused: Set<JobKind>, question: Int) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard question == turns.laneQuestions else { return }
        turns.pausedKinds = paused
        guard !paused.isEmpty else { return }
        endWaiting(as: .givenBack) { paused.contains($0.kind) }
    }

    /// Gives the job's waiting claim back; the store, which knows whether the job is cancelled,
    /// held or, after a resume, wanted again, decides what becomes of it.
    private func recall(_ jobID: Int64) {
        dispatchPrecondition(condition: .onQueue(queue))
        if turns.exchange != nil { turns.recalledMeanwhile.insert(jobID) }
        endWaiting(as: .givenBack) { $0.id == jobID }
    }

    /// Ends prefetched jobs that have not started; a running handler is told by the store.
    func endWaiting(as ending: AttemptEnding, where matches: (Job) -> Bool) {
        dispatchPrecondition(condition: .onQueue(queue))
        let removed = crew.removeWaiting(where: matches)
        guard !removed.isEmpty else { return }
        turns.ended.append(contentsOf: removed.map { runner.end($0, as: ending) })
        takeTurn()
    }
}
