import JobQueue
import TestSupport
import Testing

/// What becomes of a job when its attempt ends, and what its history says of it.
package enum EndingContract {
    package static let behaviours = [
        Behaviour("each ending leads to its state and adds its line of history", endings),
        Behaviour("a line of history bears the times its runner told", times),
        Behaviour("attempts are counted; one given back is counted again", counting),
        Behaviour("a snoozed job spends no attempt and comes back at its time", snooze),
        Behaviour("a delay asked for by the other side is a floor that nothing shortens", floor),
        Behaviour("the last error stays after a later success", lastError),
        Behaviour("an error text is cut at its limit, between characters", longText),
        Behaviour("one exchange ends many attempts, each in its own way", together),
        Behaviour("a runner is not told to stop what it has just ended", notTold),
    ]

    private struct Expectation {
        var ending: AttemptEnding
        var state: JobState
        var outcome: AttemptOutcome
        var attempt = 1
        var errorClass: ErrorClass?
        var message: String?
    }

    private static func expectations(_ later: Timestamp) -> [Expectation] {
        let refused = JobFailure(.permanent, "refused")
        return [
            Expectation(ending: .completed, state: .completed, outcome: .completed),
            Expectation(
                ending: .retry(at: later, .sample),
                state: .retryable,
                outcome: .failed,
                errorClass: .transient,
                message: JobFailure.sample.message
            ),
            Expectation(
                ending: .discarded(refused),
                state: .discarded,
                outcome: .failed,
                errorClass: .permanent,
                message: "refused"
            ),
            Expectation(ending: .cancelled, state: .cancelled, outcome: .cancelled),
            Expectation(
                ending: .held(.inDoubt, "the reply was lost"),
                state: .held,
                outcome: .held,
                message: "the reply was lost"
            ),
            Expectation(
                ending: .snoozed(until: later),
                state: .scheduled,
                outcome: .snoozed,
                attempt: 0
            ),
            Expectation(
                ending: .givenBack,
                state: .available,
                outcome: .interrupted,
                attempt: 0
            ),
        ]
    }

    static func endings(_ bench: JobBench) throws {
        let later = bench.now + .seconds(60)
        for expected in expectations(later) {
            let job = try bench.run()
            try bench.end(job, expected.ending)
            let ended = try bench.job(job.id)
            #expect(ended.state == expected.state)
            #expect(ended.attempt == expected.attempt, "\(expected.ending)")
            #expect(ended.lastError?.errorClass == expected.errorClass)
            if let lastError = ended.lastError { #expect(lastError.message == expected.message) }
            let waits = [.retryable, .scheduled].contains(expected.state)
            #expect(ended.scheduledAt == (waits ? later : job.scheduledAt))
            #expect(!ended.isDated)
            let line = Attempt(
                number: 1,
                startedAt: bench.now,
                endedAt: bench.now,
                outcome: expected.outcome,
                errorClass: expected.errorClass,
                message: expected.message,
                epoch: bench.epoch,
                daemonVersion: bench.version
            )
            #expect(try bench.history(job) == [line])
            try bench.putAway(ended)
        }
    }

    static func times(_ bench: JobBench) throws {
        for ending in [AttemptEnding.completed, .retry(at: bench.now, .sample)] {
            let job = try bench.run()
            bench.clock.advance(by: .seconds(10))
            var ended = try bench.ended(job, ending)
            ended.startedAt = bench.now - .seconds(7)
            ended.endedAt = bench.now - .seconds(2)
            #expect(try bench.exchange([ended]).lost.isEmpty)
            let line = try #require(try bench.history(job).first)
            #expect(line.startedAt == ended.startedAt)
            #expect(line.endedAt == ended.endedAt)
        }
    }

    static func counting(_ bench: JobBench) throws {
        let job = try bench.add()
        let endings: [AttemptEnding] = [
            .retry(at: bench.now, .sample), .givenBack, .snoozed(until: bench.now),
            .retry(at: bench.now, .sample), .completed,
        ]
        for ending in endings {
            bench.clock.advance(by: .milliseconds(1))
            try bench.end(try #require(try bench.claim().first), ending)
        }
        let history = try bench.history(job)
        #expect(history.map(\.number) == [1, 2, 2, 2, 3])
        #expect(
            history.map(\.outcome) == [.failed, .interrupted, .snoozed, .failed, .completed]
        )
        #expect(try bench.job(job.id).attempt == 3)
    }

    static func snooze(_ bench: JobBench) throws {
        let job = try bench.run()
        try bench.end(job, .snoozed(until: bench.now + .seconds(30)))
        bench.clock.advance(by: .milliseconds(29_999))
        #expect(try bench.claim().isEmpty)
        bench.clock.advance(by: .milliseconds(1))
        let again = try #require(try bench.claim().first)
        #expect(again.id == job.id)
        #expect(again.attempt == 1)
    }

    static func floor(_ bench: JobBench) throws {
        let backoff = Backoff(first: .seconds(1), maximum: .seconds(10))
        let delay = backoff.delay(afterFailures: 1, retryAfter: .seconds(600), random: 0)
        let job = try bench.run()
        let failure = JobFailure(.throttled, "slow down", retryAfter: .seconds(600))
        try bench.end(job, .retry(at: bench.now + delay, failure))
        bench.clock.advance(by: .milliseconds(599_999))
        try bench.restart(after: .close)
        #expect(try bench.claim().isEmpty)
        #expect(try bench.exchange().nextDelay == bench.now + .milliseconds(1))
        bench.clock.advance(by: .milliseconds(1))
        #expect(try bench.claim().map(\.id) == [job.id])
    }

    static func lastError(_ bench: JobBench) throws {
        let job = try bench.run()
        try bench.end(job, .retry(at: bench.now, .sample))
        try bench.end(try #require(try bench.claim().first), .completed)
        #expect(try bench.job(job.id).lastError == .sample)
    }

    static func longText(_ bench: JobBench) throws {
        let limit = JobFailure.maximumMessageBytes
        let job = try bench.run()
        let text = "x" + String(repeating: "é", count: limit)
        try bench.end(job, .discarded(JobFailure(.permanent, text)))
        let stored = try #require(try bench.job(job.id).lastError).message
        #expect(stored.utf8.count == limit - 1)
        #expect(text.hasPrefix(stored))
        #expect(try bench.history(job).first?.message == stored)
    }

    static func together(_ bench: JobBench) throws {
        let expected = expectations(bench.now + .seconds(60))
        for _ in expected { try bench.add() }
        let jobs = try bench.claim()
        let ended = try zip(jobs, expected).map { try bench.ended($0, $1.ending) }
        #expect(try bench.exchange(ended).lost.isEmpty)
        #expect(try jobs.map { try bench.job($0.id).state } == expected.map(\.state))
    }

    static func notTold(_ bench: JobBench) throws {
        for expected in expectations(bench.now) {
            let job = try bench.run()
            let again = try bench.exchange([try bench.ended(job, expected.ending)], claim: 1).jobs
            for job in again { try bench.end(job, .completed) }
        }
        #expect(bench.told.elements.compactMap(\.cancelledJob).isEmpty)
    }
}
