import Dispatch
import JobQueue
import TestSupport
import Testing

@testable import JobQueue

@Suite("Worker pool: stop, cancel, pause", .timeLimit(.minutes(10)))
struct PoolStopTests {
    /// Blocks job 1 until `gate`, so that the jobs behind it wait on the shelf of the one worker.
    private func harness(
        gate: TestSignal,
        started: Recorder<Int64>,
        afterGate: @escaping @Sendable (JobContext) -> JobOutcome = { _ in .completed }
    ) -> PoolHarness {
        let body: @Sendable (Job, JobContext) throws -> JobOutcome = { job, context in
            started.append(job.id)
            if job.id == 1 { try gate.wait() }
            return afterGate(context)
        }
        return PoolHarness(
            workers: 1,
            handlers: [
                ClosureHandler(kind: .create, body: body), ClosureHandler(kind: .build, body: body),
            ]
        )
    }

    @Test("stop gives prefetched jobs back and waits for the running one")
    func stopGivesBack() throws {
        let (gate, started) = (TestSignal(), Recorder<Int64>())
        let harness = harness(gate: gate, started: started) {
            $0.shouldStop ? .interrupted : .completed
        }
        harness.store.add(1...5)
        harness.pool.start()
        try started.wait(forCount: 1)
        harness.settle()
        let drained = Recorder<Bool>()
        harness.pool.stop(deadline: .seconds(5)) { drained.append($0) }
        try harness.store.ended.wait(forCount: 4)
        harness.settle()
        #expect(drained.elements.isEmpty)
        gate.fire()
        #expect(try drained.wait(forCount: 1) == [true])
        #expect(Set(harness.ended(as: .givenBack)) == Set(1...5))
        #expect(started.elements == [1])
        for id in Int64(1)...5 {
            let job = try #require(try harness.store.job(id))
            #expect(job.state == .available && job.attempt == 0)
        }
    }

    @Test("a job that completes while the pool stops is stored as completed")
    func stopFlushes() throws {
        let (gate, started) = (TestSignal(), Recorder<Int64>())
        let harness = harness(gate: gate, started: started)
        harness.store.add([1])
        harness.pool.start()
        try started.wait(forCount: 1)
        let drained = Recorder<Bool>()
        harness.pool.stop(deadline: .seconds(5)) { drained.append($0) }
        gate.fire()
        #expect(try drained.wait(forCount: 1) == [true])
        #expect(harness.ended(as: .completed) == [1])
    }

    @Test("a handler that outlasts the deadline is left alone")
    func deadline() throws {
        let (gate, started) = (TestSignal(), Recorder<Int64>())
        let harness = harness(gate: gate, started: started)
        harness.store.add([1])
        harness.pool.start()
        try started.wait(forCount: 1)
        let deadline = harness.clock.now + .seconds(5)
        let drained = Recorder<Bool>()
        harness.pool.stop(deadline: .seconds(5)) { drained.append($0) }
        try harness.clock.wait(forDeadline: deadline)
        harness.clock.advance(by: .seconds(5))
        #expect(try drained.wait(forCount: 1) == [false])
        gate.fire()
        harness.pool.stop(deadline: .seconds(5)) { drained.append($0) }
        #expect(try drained.wait(forCount: 2) == [false, false])
        #expect(harness.store.ended.elements.isEmpty)
    }

    @Test("jobs that an exchange under way brings after the stop are given back")
    func batchAfterStop() throws {
        let (gate, started) = (TestSignal(), Recorder<Int64>())
        let harness = harness(gate: gate, started: started)
        harness.store.add(1...3)
        harness.store.holdReplies()
        harness.pool.start()
        try harness.store.exchanges.wait(forCount: 1)
        let drained = Recorder<Bool>()
        harness.pool.stop(deadline: .seconds(5)) { drained.append($0) }
        harness.store.releaseReplies()
        #expect(try drained.wait(forCount: 1) == [true])
        #expect(harness.ended(as: .givenBack) == [1, 2, 3])
        #expect(started.elements.isEmpty)
    }

    @Test("a stop tries a failing store again at once")
    func stopDuringBackoff() throws {
        let harness = PoolHarness(workers: 1) { _, _ in .completed }
        harness.store.fail([.unavailable("I/O error")])
        harness.pool.start()
        try harness.clock.wait(forDeadline: harness.clock.now + .milliseconds(100))
        #expect(harness.pool.stop(deadline: .seconds(5)))
    }

    @Test("a pool that never started stops at once, and starts no more")
    func stopBeforeStart() {
        let harness = PoolHarness(workers: 1) { _, _ in .completed }
        #expect(harness.pool.stop(deadline: .seconds(5)))
        harness.pool.start()
        harness.settle()
        #expect(harness.store.exchanges.elements.isEmpty)
    }

    @Test("a cancelled job that waits on a shelf never starts")
    func cancelWaiting() throws {
        let (gate, started) = (TestSignal(), Recorder<Int64>())
        let harness = harness(gate: gate, started: started)
        harness.store.add(1...3)
        harness.pool.start()
        try started.wait(forCount: 1)
        harness.settle()
        harness.store.requestCancel(ofJob: 2)
        try harness.store.ended.wait(forCount: 1)
        gate.fire()
        try harness.store.ended.wait(forCount: 3)
        #expect(try harness.store.job(2)?.state == .cancelled)
        #expect(started.elements == [1, 3])
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("a job cancelled before the reply that brings it never starts")
    func cancelBeforeDelivery() throws {
        let (gate, started) = (TestSignal(), Recorder<Int64>())
        let harness = harness(gate: gate, started: started)
        harness.store.add([2, 3])
        harness.store.holdReplies()
        harness.pool.start()
        try harness.store.exchanges.wait(forCount: 1)
        harness.store.requestCancel(ofJob: 3)
        harness.store.events.publish(.cancelRequested(jobID: 3))
        harness.pool.queue.sync {}
        harness.store.releaseReplies()
        gate.fire()
        try harness.store.ended.wait(forCount: 2)
        #expect(try harness.store.job(3)?.state == .cancelled)
        #expect(started.elements == [2])
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("a job paused and resumed before the reply that brings it is not lost: it runs")
    func resumeBeforeDelivery() throws {
        let (gate, started) = (TestSignal(), Recorder<Int64>())
        let harness = harness(gate: gate, started: started)
        harness.store.add([1])
        harness.store.holdReplies()
        harness.pool.start()
        try harness.store.exchanges.wait(forCount: 1)
        // The pause took an earlier claim back; the resume made the one that is on its way valid.
        harness.store.events.publish(.cancelRequested(jobID: 1))
        harness.pool.queue.sync {}
        harness.store.releaseReplies()
        gate.fire()
        try started.wait(forCount: 1)
        try harness.store.ended.wait(forCount: 2)
        #expect(harness.ended(as: .givenBack) == [1])
        #expect(try harness.store.job(1)?.state == .completed)
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("pausing a kind gives its waiting jobs back; other kinds and the running job go on")
    func pause() throws {
        let (gate, started) = (TestSignal(), Recorder<Int64>())
        let harness = harness(gate: gate, started: started)
        harness.store.add(1...3)
        harness.store.add([4], kind: .build, priority: 9)
        harness.pool.start()
        try started.wait(forCount: 1)
        harness.settle()
        harness.store.setPaused([.create])
        try harness.store.ended.wait(forCount: 2)
        #expect(Set(harness.ended(as: .givenBack)) == [2, 3])
        gate.fire()
        try harness.store.ended.wait(forCount: 4)
        #expect(Set(harness.ended(as: .completed)) == [1, 4])
        harness.store.setPaused([])
        try harness.store.ended.wait(forCount: 6)
        #expect(started.elements.sorted() == [1, 2, 3, 4])
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }
}
