import JobQueue
import TestSupport
import Testing

/// When waiting jobs become available: delays on engine time, dates on the wall clock.
package enum PromotionContract {
    package static let behaviours = [
        Behaviour("a backoff ends at its instant of engine time, and not before", backoff),
        Behaviour("a wall clock that jumps forward ends no backoff and no snooze", jumpForward),
        Behaviour("a date has come when the wall clock says so", date),
        Behaviour("a wall clock that was set back holds dated jobs", setBack),
        Behaviour("each exchange tells the next delay and the next date", deadlines),
        Behaviour("what is more than one exchange promotes is due at once again", many),
        Behaviour("a promoted job is claimed by the exchange that promotes it", atOnce),
    ]

    static func backoff(_ bench: JobBench) throws {
        let job = try bench.run()
        try bench.end(job, .retry(at: bench.now + .milliseconds(5_000), .sample))
        bench.clock.advance(by: .milliseconds(4_999))
        #expect(try bench.claim().isEmpty)
        bench.clock.advance(by: .milliseconds(1))
        #expect(try bench.claim().map(\.id) == [job.id])
    }

    static func jumpForward(_ bench: JobBench) throws {
        let failed = try bench.run()
        try bench.end(failed, .retry(at: bench.now + .seconds(60), .sample))
        let snoozed = try bench.run()
        try bench.end(snoozed, .snoozed(until: bench.now + .seconds(60)))
        bench.clock.setWall(bench.clock.wall + .seconds(365 * 86_400))
        try bench.claimNothing()
        bench.clock.advance(by: .seconds(60))
        #expect(try bench.claim().count == 2)
    }

    static func date(_ bench: JobBench) throws {
        let job = try bench.add(date: bench.clock.wall + .seconds(3_600))
        bench.clock.advance(by: .milliseconds(3_599_999))
        #expect(try bench.claim().isEmpty)
        bench.clock.setWall(bench.clock.wall + .milliseconds(1))
        #expect(try bench.claim().map(\.id) == [job.id])
    }

    static func setBack(_ bench: JobBench) throws {
        let date = bench.clock.wall + .seconds(60)
        let job = try bench.add(date: date)
        bench.clock.setWall(bench.clock.wall - .seconds(3_600))
        bench.clock.advance(by: .seconds(120))
        try bench.claimNothing()
        #expect(try bench.exchange().nextDate == date)
        bench.clock.setWall(date)
        #expect(try bench.claim().map(\.id) == [job.id])
    }

    static func deadlines(_ bench: JobBench) throws {
        #expect(try bench.exchange().nextDelay == nil)
        #expect(try bench.exchange().nextDate == nil)
        let (now, wall) = (bench.now, bench.clock.wall)
        for seconds in [30, 20, 40] { try bench.add(date: wall + .seconds(seconds)) }
        try bench.end(try bench.run(), .retry(at: now + .seconds(9), .sample))
        try bench.end(try bench.run(), .snoozed(until: now + .seconds(8)))
        let batch = try bench.exchange()
        #expect(batch.nextDate == wall + .seconds(20))
        #expect(batch.nextDelay == now + .seconds(8))
        bench.clock.advance(by: .seconds(8))
        #expect(try bench.exchange(claim: 1).nextDelay == now + .seconds(9))
        bench.clock.advance(by: .seconds(12))
        #expect(try bench.exchange(claim: 9).nextDate == wall + .seconds(30))
    }

    static func many(_ bench: JobBench) throws {
        let date = bench.clock.wall + .seconds(1)
        let jobs = [NewJob](repeating: NewJob(kind: .create, date: date), count: 1_500)
        _ = try bench.store.enqueue(jobs, now: bench.now)
        bench.clock.advance(by: .seconds(1))
        var claimed = 0
        var turns = 0
        repeat {
            let batch = try bench.exchange(claim: 2_000)
            claimed += batch.jobs.count
            turns += 1
            if claimed < 1_500 { #expect(batch.nextDate == date, "the timer fires at once") }
        } while claimed < 1_500 && turns < 10
        #expect(claimed == 1_500)
        #expect(try bench.exchange().nextDate == nil)
    }

    static func atOnce(_ bench: JobBench) throws {
        let job = try bench.add(date: bench.clock.wall + .seconds(1))
        bench.clock.advance(by: .seconds(1))
        let batch = try bench.exchange(claim: 1)
        #expect(batch.jobs.map(\.id) == [job.id])
        #expect(batch.nextDate == nil)
    }
}
