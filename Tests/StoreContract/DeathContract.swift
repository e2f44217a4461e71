import JobQueue
import TestSupport
import Testing

/// What the next process finds when one has died, and when one has ended in an orderly way.
package enum DeathContract {
    package static let behaviours = [
        Behaviour("a job that ran when its daemon died is available at once, unspent", orphan),
        Behaviour("a death touches only jobs that were running", othersStay),
        Behaviour("a job that runs at three deaths is discarded as a crash loop", crashLoop),
        Behaviour("durable progress makes a job's crashes forgotten", progress),
        Behaviour("an error neither counts as a crash nor makes crashes forgotten", errors),
        Behaviour("a retried crash loop has its three lives again", retried),
        Behaviour("a job asked to stop is cancelled by the death", cancelRequested),
        Behaviour("an orderly end leaves no crash, even where a job could not end", close),
        Behaviour("jobs claimed and not yet started are given back like the others", prefetched),
        Behaviour("progress is durable and shown, with and without a total", progressIsShown),
        Behaviour("each process has an epoch of its own, which the history names", epochs),
    ]

    static func orphan(_ bench: JobBench) throws {
        let job = try bench.run()
        let (epoch, startedAt) = (bench.epoch, bench.now)
        bench.clock.advance(by: .seconds(2))
        try bench.restart(after: .death)
        let found = try bench.job(job.id)
        #expect(found.state == .available)
        #expect(found.attempt == 0)
        #expect(found.crashes == 1)
        #expect(found.scheduledAt == job.scheduledAt)
        let line = try #require(try bench.history(job).first)
        #expect(line.number == 1)
        #expect(line.outcome == .crashed)
        #expect(line.startedAt == startedAt)
        #expect(line.endedAt == bench.now)
        #expect(line.epoch == epoch)
        #expect(line.daemonVersion == bench.version)
        #expect(try bench.claim().map(\.attempt) == [1])
    }

    static func othersStay(_ bench: JobBench) throws {
        let places = Place.all.filter { $0.state != .running && $0.reason != .unknownKind }
        let jobs = try places.map { try bench.job(in: $0) }
        try bench.restart(after: .death)
        for job in jobs { #expect(try bench.job(job.id) == job) }
    }

    static func crashLoop(_ bench: JobBench) throws {
        let job = try bench.run()
        for deaths in 1...2 {
            try bench.restart(after: .death)
            #expect(try bench.job(job.id).crashes == deaths)
            #expect(try bench.claim().map(\.id) == [job.id])
        }
        try bench.restart(after: .death)
        let dead = try bench.job(job.id)
        #expect(dead.state == .discarded)
        #expect(dead.crashes == 3)
        let error = try #require(dead.lastError)
        #expect(error.errorClass == .crashLoop)
        #expect(error.message.contains("jobs retry \(job.id)"))
        let history = try bench.history(job)
        #expect(history.map(\.outcome) == [.crashed, .crashed, .crashed])
        #expect(history.last?.errorClass == .crashLoop)
    }

    static func progress(_ bench: JobBench) throws {
        let job = try bench.run()
        for _ in 1...6 {
            try bench.restart(after: .death)
            #expect(try bench.job(job.id).crashes == 1)
            let claim = try #require(try bench.claim().first?.claim)
            try bench.store.recordProgress(JobProgress(done: 1), of: claim)
            #expect(try bench.job(job.id).crashes == 0)
        }
    }

    static func errors(_ bench: JobBench) throws {
        let job = try bench.run()
        try bench.restart(after: .death)
        try bench.end(try #require(try bench.claim().first), .retry(at: bench.now, .sample))
        #expect(try bench.job(job.id).crashes == 1)
        #expect(try bench.claim().map(\.attempt) == [2])
        try bench.restart(after: .death)
        let found = try bench.job(job.id)
        #expect(found.crashes == 2)
        #expect(found.attempt == 1)
    }

    static func retried(_ bench: JobBench) throws {
        let job = try bench.run()
        for _ in 1...3 {
            try bench.restart(after: .death)
            _ = try bench.claim()
        }
        try bench.operate(.retry, job)
        for deaths in 1...2 {
            #expect(try bench.claim().map(\.id) == [job.id])
            try bench.restart(after: .death)
            #expect(try bench.job(job.id).crashes == deaths)
        }
    }

    static func cancelRequested(_ bench: JobBench) throws {
        let job = try bench.run()
        try bench.operate(.cancel, job)
        try bench.restart(after: .death)
        #expect(try bench.job(job.id).state == .cancelled)
        #expect(try bench.history(job).map(\.outcome) == [.cancelled])
    }

    static func close(_ bench: JobBench) throws {
        let job = try bench.run()
        for _ in 1...4 {
            try bench.restart(after: .close)
            let found = try bench.job(job.id)
            #expect(found.state == .available)
            #expect(found.attempt == 0)
            #expect(found.crashes == 0)
            #expect(try bench.history(job).last?.outcome == .interrupted)
            #expect(try bench.claim().map(\.id) == [job.id])
        }
    }

    static func prefetched(_ bench: JobBench) throws {
        let jobs = try (1...20).map { _ in try bench.add() }
        #expect(try bench.claim().count == 20)
        try bench.restart(after: .death)
        for job in jobs {
            let found = try bench.job(job.id)
            #expect(found.state == .available && found.attempt == 0 && found.crashes == 1)
        }
        #expect(try bench.claim().map(\.id) == jobs.map(\.id))
    }

    static func progressIsShown(_ bench: JobBench) throws {
        let job = try bench.run()
        let claim = try #require(job.claim)
        for progress in [JobProgress(done: 3), JobProgress(done: 4, total: 9)] {
            try bench.store.recordProgress(progress, of: claim)
            #expect(try bench.job(job.id).progress == progress)
        }
        try bench.restart(after: .death)
        #expect(try bench.job(job.id).progress == JobProgress(done: 4, total: 9))
    }

    static func epochs(_ bench: JobBench) throws {
        let job = try bench.add()
        var expected: [Int64] = []
        for ending in [JobBench.ProcessEnding.death, .close, .death] {
            expected.append(bench.epoch)
            try bench.end(try #require(try bench.claim().first), .retry(at: bench.now, .sample))
            try bench.restart(after: ending)
        }
        #expect(Set(expected).count == 3)
        #expect(try bench.history(job).map(\.epoch) == expected)
    }
}
