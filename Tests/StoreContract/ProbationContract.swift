import JobQueue
import TestSupport
import Testing

/// After two deaths in a row the jobs that ran are suspects and start one at a time, so that the
/// one that kills the daemon is found while everything else goes on.
package enum ProbationContract {
    package static let behaviours = [
        Behaviour("after one death, all that ran starts again at once", firstDeath),
        Behaviour("after the second, suspects start one at a time, 5 s apart", oneAtATime),
        Behaviour("other jobs start beside a suspect", othersGoOn),
        Behaviour("a suspect's first durable progress lets the next one start", progress),
        Behaviour("a suspect's end lets the next one start", end),
        Behaviour("a suspect whose kind is paused keeps no other waiting", paused),
        Behaviour("deaths more than ten minutes apart make no suspects", farApart),
        Behaviour("a death under another boot of the machine makes no suspects", otherBoot),
        Behaviour("an orderly end between two deaths does not hide the first", closeBetween),
        Behaviour("one that kills the daemon again and again is found by itself", culprit),
    ]

    private static let time: Duration = .seconds(5)

    /// Three jobs that ran at two deaths, in the order in which they are to be tried.
    private static func suspects(_ bench: JobBench) throws -> [Int64] {
        let jobs = try (1...3).map { _ in try bench.add().id }
        for _ in 1...2 {
            #expect(try bench.claim().map(\.id) == jobs)
            try bench.restart(after: .death)
        }
        return jobs
    }

    static func firstDeath(_ bench: JobBench) throws {
        let jobs = try (1...3).map { _ in try bench.add().id }
        _ = try bench.claim()
        try bench.restart(after: .death)
        #expect(try bench.claim().map(\.id) == jobs)
    }

    static func oneAtATime(_ bench: JobBench) throws {
        let jobs = try suspects(bench)
        for (number, id) in jobs.enumerated() {
            let batch = try bench.exchange(claim: 10)
            #expect(batch.jobs.map(\.id) == [id])
            let end = number < 2 ? bench.now + time : nil
            #expect(batch.nextDelay == end, "the timer fires when the next may start")
            bench.clock.advance(by: time - .milliseconds(1))
            #expect(try bench.claim().isEmpty)
            #expect(try bench.exchange().nextDelay == end, "whatever is asked for")
            bench.clock.advance(by: .milliseconds(1))
        }
    }

    static func othersGoOn(_ bench: JobBench) throws {
        let jobs = try suspects(bench)
        let others = try (1...4).map { _ in try bench.add(.send).id }
        #expect(Set(try bench.claim().map(\.id)) == Set(others + jobs.prefix(1)))
        let late = try bench.add(priority: 9)
        #expect(try bench.claim().map(\.id) == [late.id])
    }

    static func progress(_ bench: JobBench) throws {
        let jobs = try suspects(bench)
        let first = try #require(try bench.claim().first)
        #expect(try bench.claim().isEmpty)
        let told = bench.told.elements.count
        try bench.store.recordProgress(JobProgress(done: 1), of: try #require(first.claim))
        #expect(bench.told.elements[told...].contains(.jobsReady), "the pool must look again")
        #expect(try bench.claim().map(\.id) == [jobs[1]])
    }

    static func end(_ bench: JobBench) throws {
        let jobs = try suspects(bench)
        let first = try #require(try bench.claim().first)
        let batch = try bench.exchange([try bench.ended(first, .completed)])
        let delay = try #require(batch.nextDelay)
        #expect(delay <= bench.now, "a deadline that has come brings the next claim")
        #expect(try bench.claim().map(\.id) == [jobs[1]])
    }

    static func paused(_ bench: JobBench) throws {
        let build = try bench.add(.build)
        let create = try bench.add(.create)
        for _ in 1...2 {
            #expect(try bench.claim().count == 2)
            try bench.restart(after: .death)
        }
        try bench.store.setPaused(true, kind: .build, now: bench.now)
        #expect(try bench.claim().map(\.id) == [create.id])
        #expect(try bench.exchange().nextDelay == nil)
        try bench.store.setPaused(false, kind: .build, now: bench.now)
        bench.clock.advance(by: time)
        #expect(try bench.claim().map(\.id) == [build.id])
    }

    static func farApart(_ bench: JobBench) throws {
        for (minutes, claimed) in [(9, 1), (11, 3)] {
            let jobs = try (1...3).map { _ in try bench.add().id }
            _ = try bench.claim()
            try bench.restart(after: .death)
            bench.clock.advance(by: .seconds(minutes * 60))
            _ = try bench.claim()
            try bench.restart(after: .death)
            #expect(try bench.claim().count == claimed, "\(minutes) minutes apart")
            for id in jobs { try bench.takeAway(id) }
            bench.clock.advance(by: .seconds(3_600))
        }
    }

    static func otherBoot(_ bench: JobBench) throws {
        for _ in 1...3 { try bench.add() }
        _ = try bench.claim()
        try bench.restart(after: .death)
        _ = try bench.claim()
        try bench.restart(after: .death, boot: "boot-2")
        #expect(try bench.claim().count == 3)
    }

    static func closeBetween(_ bench: JobBench) throws {
        for _ in 1...3 { try bench.add() }
        _ = try bench.claim()
        try bench.restart(after: .death)
        try bench.restart(after: .close)
        _ = try bench.claim()
        try bench.restart(after: .death)
        #expect(try bench.claim().count == 1)
    }

    static func culprit(_ bench: JobBench) throws {
        let good = try (1...9).map { _ in try bench.add().id }
        let bad = try bench.add(priority: 6).id
        var deaths = 0
        while try bench.job(bad).state != .discarded, deaths < 20 {
            let claimed = try bench.claim()
            if claimed.contains(where: { $0.id == bad }) {
                deaths += 1
                try bench.restart(after: .death)
            } else {
                for job in claimed { try bench.end(job, .completed) }
            }
        }
        #expect(deaths == 3)
        for _ in good {
            for job in try bench.claim() { try bench.end(job, .completed) }
        }
        for id in good { #expect(try bench.job(id).state == .completed) }
    }
}

extension JobBench {
    /// Has a job out of the way, whether it runs or waits.
    fileprivate func takeAway(_ id: Int64) throws {
        let job = try job(id)
        if job.state == .running {
            try end(job, .completed)
        } else {
            try operate(.cancel, job)
        }
    }
}
