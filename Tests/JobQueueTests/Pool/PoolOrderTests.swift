import JobQueue
import TestSupport
import Testing

@testable import JobQueue

@Suite("Worker pool: order and sharing", .timeLimit(.minutes(10)))
struct PoolOrderTests {
    @Test("one worker runs jobs by priority, then by age")
    func byPriority() throws {
        let order = Recorder<Int64>()
        let harness = PoolHarness(workers: 1) { job, _ in
            order.append(job.id)
            return .completed
        }
        harness.store.add([1, 2], priority: 9)
        harness.store.add([3, 4], priority: 1)
        harness.store.add([5, 6], priority: 5)
        harness.pool.start()
        try harness.store.ended.wait(forCount: 6)
        #expect(order.elements == [3, 4, 5, 6, 1, 2])
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("every job runs once, however many workers there are", arguments: [1, 2, 8])
    func onceEach(workers: Int) throws {
        let ran = Recorder<Int64>()
        let harness = PoolHarness(workers: workers) { job, _ in
            ran.append(job.id)
            return .completed
        }
        harness.store.add(1...1_500)
        harness.pool.start()
        let ended = try harness.store.ended.wait(forCount: 1_500)
        #expect(harness.pool.stop(deadline: .seconds(1)))
        #expect(Set(ran.elements) == Set(1...1_500))
        #expect(ran.elements.count == 1_500)
        #expect(ended.count == 1_500)
    }

    @Test("a slow job holds up none of those behind it while another worker is free")
    func slowJob() throws {
        let gate = TestSignal()
        let harness = PoolHarness(workers: 2) { job, _ in
            if job.id == 1 { try gate.wait() }
            return .completed
        }
        harness.store.add(1...20)
        harness.pool.start()
        let ended = try harness.store.ended.wait(forCount: 19)
        #expect(Set(ended.map(\.claim.jobID)) == Set(2...20))
        gate.fire()
        try harness.store.ended.wait(forCount: 20)
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("as many handlers run at once as there are workers, far beyond the number of cores")
    func atOnce() throws {
        let workers = WorkerPool.workerRange.upperBound
        let gate = TestSignal()
        let started = Recorder<Int64>()
        let harness = PoolHarness(workers: workers) { job, _ in
            started.append(job.id)
            try gate.wait()
            return .completed
        }
        harness.store.add(1...Int64(workers))
        harness.pool.start()
        try started.wait(forCount: workers)
        for _ in 0..<workers { gate.fire() }
        #expect(harness.pool.stop(deadline: .seconds(1)))
        #expect(harness.ended(as: .completed).count == workers)
    }

    @Test("an urgent job overtakes prefetched ones")
    func urgentOvertakes() throws {
        let gate = TestSignal()
        let started = Recorder<Int64>()
        let harness = PoolHarness(workers: 1) { job, _ in
            started.append(job.id)
            if job.id == 1 { try gate.wait() }
            return .completed
        }
        harness.store.add(1...10, priority: 9)
        harness.pool.start()
        try started.wait(forCount: 1)
        harness.store.add([11], priority: 1)
        harness.store.tell(.jobsReady)
        try harness.store.exchanges.wait(forCount: 2)
        harness.settle()
        gate.fire()
        #expect(try started.wait(forCount: 2).prefix(2) == [1, 11])
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }

    @Test("a free worker takes the most urgent job of all shelves, its own first among equals")
    func frontOfAllShelves() {
        let crew = Crew(size: 2)
        crew[0].shelve([.sample(id: 1, priority: 1), .sample(id: 2)], from: 0, every: 1)
        crew[1].shelve([.sample(id: 3), .sample(id: 4, priority: 9)], from: 0, every: 1)
        #expect(crew.next(for: 1)?.id == 1)
        #expect(crew.next(for: 1)?.id == 3)
        #expect(crew.next(for: 1)?.id == 2)
        #expect(crew.next(for: 1)?.id == 4)
        #expect(crew.next(for: 1) == nil)
        #expect(!crew.hasWaiting)
    }

    @Test("a claim asks for 32 jobs a worker, less those that wait already")
    func prefetch() throws {
        let gate = TestSignal()
        let started = Recorder<Int64>()
        let harness = PoolHarness(workers: 2) { job, _ in
            started.append(job.id)
            try gate.wait()
            return .completed
        }
        harness.store.add(1...100)
        harness.pool.start()
        try started.wait(forCount: 2)
        harness.settle()
        gate.fire()
        try harness.store.ended.wait(forCount: 1)
        #expect(harness.store.exchanges.elements.first?.claimLimit == 64)
        #expect(harness.store.exchanges.elements.last.map { $0.claimLimit <= 3 } == true)
        for _ in 0..<100 { gate.fire() }
        try harness.store.ended.wait(forCount: 100)
        #expect(harness.pool.stop(deadline: .seconds(1)))
    }
}
