import Dispatch
import JobQueue
import TestSupport
import Testing

@testable import JobQueue

@Suite("Worker pool: turns", .timeLimit(.minutes(10)))
struct PoolTurnTests {
    @Test("an idle pool asks the store nothing")
    func idle() throws {
        let harness = PoolHarness(workers: 2) { _, _ in .completed }
        harness.store.add([1])
        harness.pool.start()
        try harness.store.ended.wait(forCount: 1)
        harness.settle()
        let count = harness.store.exchanges.elements.count
        harness.clock.advance(by: .seconds(3_600))
        harness.settle()
        #expect(harness.store.exchanges.elements.count == count)
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("a job that becomes ready while an exchange is under way is not forgotten")
    func lostWakeUp() throws {
        let harness = PoolHarness(workers: 1) { _, _ in .completed }
        harness.store.holdReplies()
        harness.pool.start()
        try harness.store.exchanges.wait(forCount: 1)
        // The first exchange has found nothing; its reply is still on the way.
        harness.store.add([1])
        harness.store.events.publish(.jobsReady)
        harness.store.releaseReplies()
        try harness.store.ended.wait(forCount: 1)
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("an idle pool takes jobs while they are being stored, and then asks for no more")
    func takesNewJobs() throws {
        let harness = PoolHarness(workers: 1) { _, _ in .completed }
        harness.pool.start()
        harness.settle()
        harness.store.add([1])
        #expect(harness.store.offerNewJobs())
        try harness.store.ended.wait(forCount: 1)
        harness.settle()
        #expect(harness.store.exchanges.elements.map(\.ended.count) == [0, 0, 1])
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("a pool takes no new jobs while an exchange is under way, nor when it does not run")
    func declinesNewJobs() throws {
        let harness = PoolHarness(workers: 1) { _, _ in .completed }
        #expect(!harness.store.offerNewJobs())
        harness.store.holdReplies()
        harness.pool.start()
        try harness.store.exchanges.wait(forCount: 1)
        harness.store.add([1])
        #expect(!harness.store.offerNewJobs())
        harness.store.releaseReplies()
        try harness.store.ended.wait(forCount: 1)
        #expect(harness.pool.stop(deadline: .seconds(1)))
        #expect(!harness.store.offerNewJobs())
    }

    @Test("one exchange is under way at a time, and the next takes all that ended meanwhile")
    func oneAtATime() throws {
        let gate = TestSignal()
        let harness = PoolHarness(workers: 2) { _, _ in
            try gate.wait()
            return .completed
        }
        harness.store.add(1...10)
        harness.pool.start()
        harness.settle()
        harness.store.holdReplies()
        gate.fire()
        try harness.store.exchanges.wait(forCount: 2)
        for _ in 2...10 { gate.fire() }
        harness.pool.queue.sync {}
        #expect(harness.store.exchanges.elements.count == 2)
        harness.store.releaseReplies()
        try harness.store.ended.wait(forCount: 10)
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("a delay ends on engine time; stepping the wall clock does not shorten it")
    func delay() throws {
        let harness = PoolHarness(workers: 1) { _, _ in .completed }
        let due = harness.clock.now + .seconds(60)
        harness.store.add([1], dueAt: due)
        harness.pool.start()
        try harness.clock.wait(forDeadline: due)
        harness.clock.setWall(due + .seconds(3_600))
        harness.clock.advance(by: .seconds(59))
        harness.settle()
        #expect(harness.store.ended.elements.isEmpty)
        harness.clock.advance(by: .seconds(1))
        try harness.store.ended.wait(forCount: 1)
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("a date comes on the wall clock, also when it is stepped")
    func date() throws {
        let harness = PoolHarness(workers: 1) { _, _ in .completed }
        let date = harness.clock.wall + .seconds(60)
        harness.store.add([1], dueAt: date, isDated: true)
        harness.pool.start()
        try harness.clock.wait(forDate: date)
        harness.clock.setWall(date)
        try harness.store.ended.wait(forCount: 1)
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("a failed attempt runs again when its backoff has passed")
    func retry() throws {
        let harness = PoolHarness(workers: 1) { job, _ in
            if job.attempt == 1 { throw JobFailure(.transient, "try later") }
            return .completed
        }
        harness.store.add([1])
        let due = harness.clock.now + .seconds(5)
        harness.pool.start()
        try harness.clock.wait(forDeadline: due)
        harness.clock.advance(by: .seconds(5))
        let ended = try harness.store.ended.wait(forCount: 2)
        #expect(ended.map(\.claim.attempt) == [1, 2])
        #expect(ended.last?.ending == .completed)
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("what a failed exchange carried is kept and sent again, less and less often")
    func failingStore() throws {
        let harness = PoolHarness(workers: 1) { _, _ in .completed }
        let full = StoreError.full("3 pages short")
        harness.store.add([1])
        harness.store.holdReplies()
        harness.pool.start()
        try harness.store.exchanges.wait(forCount: 1)
        harness.store.fail([full, full, full, .unavailable("I/O error"), .unavailable("I/O error")])
        harness.store.releaseReplies()
        for milliseconds in [100, 200, 400, 800, 1_600] {
            try harness.clock.wait(forDeadline: harness.clock.now + .milliseconds(milliseconds))
            // Neither news nor time before the deadline brings another exchange about.
            let count = harness.store.exchanges.elements.count
            harness.store.events.publish(.jobsReady)
            harness.clock.advance(by: .milliseconds(milliseconds - 1))
            harness.pool.queue.sync {}
            #expect(harness.store.exchanges.elements.count == count)
            harness.clock.advance(by: .milliseconds(1))
        }
        #expect(try harness.store.ended.wait(forCount: 1).map(\.claim.jobID) == [1])
        harness.settle()
        let retried = harness.store.exchanges.elements.dropFirst(2).prefix(5)
        #expect(retried.allSatisfy { $0.claimLimit == 0 && $0.ended.count == 1 })
        let errors = harness.log.elements.filter { $0.hasPrefix("error") }
        #expect(errors.count == 2, "logged once per change: \(errors)")
        #expect(harness.log.elements.contains("notice: the store works again"))
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("a claim that the store no longer knows is logged as an error")
    func lostClaim() throws {
        let harness = PoolHarness(workers: 1) { _, _ in .completed }
        harness.store.add([7])
        harness.store.loseClaims(ofJob: 7)
        harness.pool.start()
        let lines = try harness.log.wait(forCount: 1)
        #expect(lines.first?.hasPrefix("error: claim lost") == true)
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("a pool is wedged when an exchange takes 30 s while workers are free")
    func wedged() throws {
        let harness = PoolHarness(workers: 1) { _, _ in .completed }
        harness.store.holdReplies()
        harness.pool.start()
        try harness.store.exchanges.wait(forCount: 1)
        let start = harness.clock.now
        #expect(harness.pool.lastTurnAt == nil)
        #expect(!harness.pool.isWedged(now: start + .milliseconds(29_999)))
        #expect(harness.pool.isWedged(now: start + .seconds(30)))
        harness.store.releaseReplies()
        harness.settle()
        #expect(harness.pool.lastTurnAt == start)
        #expect(!harness.pool.isWedged(now: start + .seconds(3_600)))
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("a pool whose workers are all busy is not wedged")
    func busyIsNotWedged() throws {
        let gate = TestSignal()
        let started = TestSignal()
        let harness = PoolHarness(workers: 1) { _, _ in
            started.fire()
            try gate.wait()
            return .completed
        }
        harness.store.add([1])
        harness.pool.start()
        try started.wait()
        harness.settle()
        harness.store.holdReplies()
        harness.store.events.publish(.jobsReady)
        #expect(!harness.pool.isWedged(now: harness.clock.now + .seconds(3_600)))
        harness.store.releaseReplies()
        gate.fire()
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }
}
