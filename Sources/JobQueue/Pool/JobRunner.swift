import Logging

/// Runs single attempts: finds the handler, and decides what becomes of the job.
struct JobRunner: Sendable {
    private struct Station: Sendable {
        var handler: any JobHandler
        var metrics: AttemptMetrics
    }

    private let stations: [JobKind: Station]
    private let clock: any EngineClock
    private let random: any RandomSource
    private let retryPolicy: @Sendable (JobKind) -> RetryPolicy
    private let shouldStop: @Sendable () -> Bool
    private let logger: Logger

    init(
        handlers: [any JobHandler],
        clock: any EngineClock,
        random: any RandomSource,
        retryPolicy: @escaping @Sendable (JobKind) -> RetryPolicy,
        stopFlag: StopFlag,
        logger: Logger
    ) {
        let pairs = handlers.map { handler in
            let metrics = AttemptMetrics(kind: handler.kind)
            return (handler.kind, Station(handler: handler, metrics: metrics))
        }
        // Traps on two handlers of one kind, which is a mistake in the daemon's composition.
        stations = Dictionary(uniqueKeysWithValues: pairs)
        self.clock = clock
        self.random = random
        self.retryPolicy = retryPolicy
        shouldStop = { stopFlag.isRaised }
        self.logger = logger
    }

    /// Runs one attempt on this thread; nil if its end is recorded elsewhere.
    func run(_ job: Job) -> EndedAttempt? {
        guard let station = stations[job.kind] else {
            let text = "this daemon has no handler for kind \(job.kind.rawValue)"
            return end(job, as: .held(.unknownKind, text))
        }
        Failpoint.jobStarted.hit(job.campaignID ?? "")
        let startedAt = clock.now
        let ending = attempt(job, with: station.handler)
        let endedAt = clock.now
        station.metrics.count(ending, took: endedAt - startedAt)
        guard let ending else { return nil }
        return EndedAttempt(
            claim: claim(of: job),
            startedAt: startedAt,
            endedAt: endedAt,
            ending: ending
        )
    }

    /// Ends an attempt that never began.
    func end(_ job: Job, as ending: AttemptEnding) -> EndedAttempt {
        let now = clock.now
        return EndedAttempt(
            claim: claim(of: job),
            startedAt: now,
            endedAt: now,
            ending: ending
        )
    }

    private func claim(of job: Job) -> JobClaim {
        guard let claim = job.claim else {
            preconditionFailure("the store handed out job \(job.id), which is not running")
        }
        return claim
    }

    private func attempt(_ job: Job, with handler: any JobHandler) -> AttemptEnding? {
        let context = JobContext(claim: claim(of: job), shouldStop: shouldStop)
        do {
            return ending(of: job, after: try handler.run(job, context: context))
        } catch let failure as JobFailure {
            return ending(of: job, after: failure)
        } catch StoreError.claimLost(let claim) {
            logger.error(
                "claim lost while the job ran; its result was dropped",
                metadata: ["job": "\(claim.jobID)", "attempt": "\(claim.attempt)"]
            )
            return nil
        } catch StoreError.full {
            // No fault of the job's. The store hands out nothing while it has no room.
            return .givenBack
        } catch {
            return ending(of: job, after: JobFailure(.transient, String(describing: error)))
        }
    }

    private func ending(of job: Job, after outcome: JobOutcome) -> AttemptEnding? {
        switch outcome {
        case .completed: .completed
        case .failed(let failure): ending(of: job, after: failure)
        case .cancelled: .cancelled
        case .held(let reason, let text):
            .held(reason, text.prefix(utf8Bytes: JobFailure.maximumMessageBytes))
        case .snoozed(let delay): .snoozed(until: clock.now + delay)
        case .interrupted: .givenBack
        case .settled: nil
        }
    }

    private func ending(of job: Job, after failure: JobFailure) -> AttemptEnding {
        var failure = failure
        failure.message = failure.message.prefix(utf8Bytes: JobFailure.maximumMessageBytes)
        let isHopeless =
            switch failure.errorClass {
            case .permanent, .crashLoop: true
            case .transient, .throttled, .providerDown: job.attempt >= job.maxAttempts
            }
        if isHopeless {
            logger.warning(
                "job discarded: \(failure.message)",
                metadata: [
                    "job": "\(job.id)", "kind": "\(job.kind.rawValue)",
                    "attempt": "\(job.attempt)", "class": "\(failure.errorClass.rawValue)",
                ]
            )
            return .discarded(failure)
        }
        let delay = retryPolicy(job.kind).backoff.delay(
            afterFailures: job.attempt,
            retryAfter: failure.retryAfter,
            random: random.next()
        )
        return .retry(at: clock.now + delay, failure)
    }
}
