import JobQueue
import Logging
import TestSupport
import Testing

@testable import JobQueue

@Suite("Job runner: what becomes of an attempt", .timeLimit(.minutes(10)))
struct JobRunnerTests {
    private let clock = ManualClock()
    private let log = Recorder<String>()

    /// Runs one attempt of `job` by a handler made of `body`.
    private func end(
        attempt: Int = 1,
        maxAttempts: Int = 3,
        kind: JobKind = .create,
        _ body: @escaping @Sendable () throws -> JobOutcome
    ) -> AttemptEnding? {
        let sink = log
        let runner = JobRunner(
            handlers: [ClosureHandler { _, _ in try body() }],
            clock: clock,
            random: FixedRandom(0),
            retryPolicy: { _ in
                RetryPolicy(
                    backoff: Backoff(first: .seconds(10), maximum: .seconds(60)),
                    maxAttempts: 3
                )
            },
            stopFlag: StopFlag(),
            logger: Logger(label: "test") { _ in RecordingLogHandler(sink: sink) }
        )
        var job = Job.sample(id: 1, kind: kind)
        job.state = .running
        job.epoch = 4
        job.attempt = attempt
        job.maxAttempts = maxAttempts
        let ended = runner.run(job)
        if let ended { #expect(ended.claim == JobClaim(jobID: 1, attempt: attempt, epoch: 4)) }
        return ended?.ending
    }

    @Test("outcomes that need no decision are recorded as they are")
    func plainOutcomes() {
        #expect(end { .completed } == .completed)
        #expect(end { .cancelled } == .cancelled)
        #expect(end { .interrupted } == .givenBack)
        #expect(end { .held(.inDoubt, "no reply") } == .held(.inDoubt, "no reply"))
        #expect(end { .snoozed(for: .seconds(30)) } == .snoozed(until: clock.now + .seconds(30)))
    }

    @Test("nothing is recorded for an attempt that its handler settles")
    func settled() {
        #expect(end { .settled } == nil)
    }

    @Test(
        "errors that may pass are tried again after the backoff of the attempt",
        arguments: [ErrorClass.transient, .throttled, .providerDown]
    )
    func retried(errorClass: ErrorClass) {
        let failure = JobFailure(errorClass, "not now")
        #expect(end { throw failure } == .retry(at: clock.now + .seconds(5), failure))
        #expect(
            end(attempt: 2) { .failed(failure) } == .retry(at: clock.now + .seconds(10), failure)
        )
    }

    @Test("a Retry-After is not shortened")
    func retryAfter() {
        let failure = JobFailure(.throttled, "slow down", retryAfter: .seconds(300))
        #expect(end { throw failure } == .retry(at: clock.now + .seconds(300), failure))
    }

    @Test("the last attempt discards, and so does an error that cannot pass")
    func discarded() {
        let passing = JobFailure(.transient, "not now")
        let lasting = JobFailure(.permanent, "never")
        #expect(end(attempt: 3) { throw passing } == .discarded(passing))
        #expect(end { throw lasting } == .discarded(lasting))
        #expect(end { .failed(lasting) } == .discarded(lasting))
        #expect(log.elements.contains("warning: job discarded: never"))
    }

    @Test("any other error is transient")
    func otherErrors() {
        struct Odd: Error, CustomStringConvertible { var description: String { "odd" } }
        let expected = JobFailure(.transient, "odd")
        #expect(end { throw Odd() } == .retry(at: clock.now + .seconds(5), expected))
    }

    @Test("error texts are cut to what is stored, between code points")
    func longText() {
        let text = "x" + String(repeating: "é", count: 2_000)
        let ending = end { throw JobFailure(.permanent, text) }
        guard case .discarded(let failure) = ending else {
            Issue.record("not discarded: \(String(describing: ending))")
            return
        }
        #expect(failure.message == "x" + String(repeating: "é", count: 999))
    }

    @Test("a claim lost while the handler ran is logged, and nothing is recorded")
    func claimLost() {
        let claim = JobClaim(jobID: 1, attempt: 1, epoch: 4)
        #expect(end { throw StoreError.claimLost(claim) } == nil)
        #expect(log.elements.first?.hasPrefix("error: claim lost") == true)
    }

    @Test("a kind without a handler is held")
    func unknownKind() {
        let ending = end(kind: JobKind(rawValue: "later")) { .completed }
        #expect(ending == .held(.unknownKind, "this daemon has no handler for kind later"))
    }
}
