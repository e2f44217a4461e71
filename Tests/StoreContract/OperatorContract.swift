import JobQueue
import TestSupport
import Testing

/// What an operator may do to a job by hand, and what is refused.
package enum OperatorContract {
    package static let behaviours = [
        Behaviour("each action is done in the states that allow it and refused in all others", all),
        Behaviour("a refusal says what the job is", refusalText),
        Behaviour("each job gets its own answer, in the order of the ids", answers),
        Behaviour("a retried job starts afresh: attempts, crashes and its time", retry),
        Behaviour("a retry is refused while the campaign has another unfinished job", retryTwice),
        Behaviour("a discarded job keeps why it last failed", discard),
        Behaviour("a running job is asked to stop, and its runner is told", requestCancel),
        Behaviour("a job asked to stop is cancelled instead of run again", cooperative),
        Behaviour("a job asked to stop that has ended meanwhile keeps its ending", tooLate),
        Behaviour("what an operator did is a line of history", history),
    ]

    /// Where each action leads; `.` is a refusal, `running` a request.
    private static let table = """
                             retry     cancel    discard   happened  again     release
        scheduled            .         cancelled discarded .         .         .
        available            .         cancelled discarded .         .         .
        running              .         running   .         .         .         .
        retryable            available cancelled discarded .         .         .
        completed            .         .         .         .         .         .
        cancelled            .         .         .         .         .         .
        discarded            available .         .         .         .         .
        held(in_doubt)       .         cancelled discarded completed available .
        held(paused)         .         cancelled discarded .         .         .
        held(unknown_kind)   .         cancelled discarded .         .         available
        held(late)           .         cancelled discarded .         .         available
        held(restored)       .         cancelled discarded .         .         available
        """

    private static let actions: [JobAction] = [
        .retry, .cancel, .discard, .resolve(happened: true), .resolve(happened: false), .release,
    ]

    static func all(_ bench: JobBench) throws {
        let rows = table.split(separator: "\n").dropFirst().map { $0.split(separator: " ") }
        #expect(rows.count == Place.all.count)
        for (place, row) in zip(Place.all, rows) {
            #expect(row[0] == place.description.filter { $0 != " " })
            for (action, cell) in zip(actions, row.dropFirst()) {
                let job = try bench.job(in: place)
                let before = try bench.books()
                let results = try bench.store.operate(action, on: [job.id], now: bench.now)
                let result = try #require(results.first)
                let after = try bench.job(job.id)
                #expect(result.state == after.state)
                if cell == "." {
                    #expect(result.refusal != nil, "\(action) of a job that is \(place)")
                    #expect(try bench.books() == before)
                } else {
                    #expect(result.refusal == nil, "\(action) of a job that is \(place)")
                    #expect(after.state.rawValue == String(cell))
                }
                try bench.putAway(after)
            }
        }
    }

    static func refusalText(_ bench: JobBench) throws {
        for place in Place.all where place.state != .retryable && place.state != .discarded {
            let job = try bench.job(in: place)
            let result = try bench.store.operate(.retry, on: [job.id], now: bench.now)
            let text = try #require(result.first?.refusal)
            #expect(text.contains(place.state.rawValue))
            if let reason = place.reason {
                #expect(text.contains(reason.rawValue))
                for verb in reason.verbs { #expect(text.contains(verb.rawValue)) }
            }
            try bench.putAway(job)
        }
    }

    static func answers(_ bench: JobBench) throws {
        let completed = try bench.job(in: .completed)
        let waiting = try bench.job(in: .scheduled)
        let ids = [waiting.id, 4_711, completed.id]
        let results = try bench.store.operate(.cancel, on: ids, now: bench.now)
        #expect(results.map(\.jobID) == ids)
        #expect(results.map(\.state) == [.cancelled, nil, .completed])
        #expect(results.map { $0.refusal == nil } == [true, false, false])
        #expect(try bench.store.operate(.cancel, on: [], now: bench.now).isEmpty)
    }

    static func retry(_ bench: JobBench) throws {
        for state in [JobState.retryable, .discarded] {
            let job = try bench.job(in: state)
            #expect(job.attempt == 1)
            bench.clock.advance(by: .seconds(5))
            try bench.operate(.retry, job)
            let retried = try bench.job(job.id)
            #expect(retried.attempt == 0)
            #expect(retried.crashes == 0)
            #expect(retried.scheduledAt == bench.now)
            #expect(retried.finishedAt == nil)
            #expect(retried.lastError != nil)
            #expect(try bench.claim().map(\.id) == [job.id])
        }
    }

    static func retryTwice(_ bench: JobBench) throws {
        let old = try bench.job(in: Place(state: .discarded), campaign: "c1")
        try bench.add(campaign: "c1")
        let other = try bench.job(in: .discarded)
        let results = try bench.store.operate(.retry, on: [old.id, other.id], now: bench.now)
        #expect(results.map(\.state) == [.discarded, .available])
        #expect(results.map { $0.refusal == nil } == [false, true])
    }

    static func discard(_ bench: JobBench) throws {
        let failed = try bench.job(in: .retryable)
        try bench.operate(.discard, failed)
        #expect(try bench.job(failed.id).lastError == .sample)
        let waiting = try bench.job(in: .scheduled)
        try bench.operate(.discard, waiting)
        #expect(try bench.job(waiting.id).lastError != nil)
    }

    static func requestCancel(_ bench: JobBench) throws {
        let job = try bench.run()
        try bench.operate(.cancel, job)
        var expected = job
        expected.isCancelRequested = true
        #expect(try bench.job(job.id) == expected)
        #expect(bench.told.elements.compactMap(\.cancelledJob) == [job.id])
        try bench.store.recordProgress(JobProgress(done: 1), of: try #require(job.claim))
        try bench.end(job, .cancelled)
        #expect(try bench.job(job.id).state == .cancelled)
    }

    static func cooperative(_ bench: JobBench) throws {
        let endings: [AttemptEnding] = [
            .retry(at: bench.now, .sample), .snoozed(until: bench.now), .givenBack,
        ]
        for ending in endings {
            let job = try bench.run()
            try bench.operate(.cancel, job)
            try bench.end(job, ending)
            #expect(try bench.job(job.id).state == .cancelled, "\(ending)")
            #expect(try bench.history(job).map(\.outcome) == [.cancelled])
            #expect(try bench.claim().isEmpty)
        }
    }

    static func tooLate(_ bench: JobBench) throws {
        let endings: [(AttemptEnding, JobState)] = [
            (.completed, .completed), (.discarded(.sample), .discarded),
            (.held(.inDoubt, "lost"), .held),
        ]
        for (ending, state) in endings {
            let job = try bench.run()
            try bench.operate(.cancel, job)
            try bench.end(job, ending)
            #expect(try bench.job(job.id).state == state)
        }
    }

    static func history(_ bench: JobBench) throws {
        let job = try bench.job(in: .retryable)
        bench.clock.advance(by: .seconds(9))
        try bench.operate(.retry, job)
        try bench.operate(.discard, job)
        let lines = try bench.history(job)
        #expect(lines.map(\.outcome) == [.failed, .operated, .operated])
        for line in lines.dropFirst() {
            #expect(line.startedAt == bench.now)
            #expect(line.endedAt == bench.now)
            #expect(line.epoch == bench.epoch)
            #expect(line.message != nil)
        }
    }
}
