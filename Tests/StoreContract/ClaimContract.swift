import Dispatch
import JobQueue
import TestSupport
import Testing

/// What is claimed, and in which order.
package enum ClaimContract {
    package static let behaviours = [
        Behaviour("a claimed job runs under the epoch, with its attempt counted", claimed),
        Behaviour("jobs come by priority, then when due, then by id, across all lanes", order),
        Behaviour("a claim takes as many as asked for from all lanes together", limit),
        Behaviour("a claim that asks for none takes none", none),
        Behaviour("no job is claimed twice", once),
        Behaviour("claims made at the same time share the jobs out", atOnce),
        Behaviour("results and claims share an exchange: the room made is used", sameExchange),
    ]

    static func claimed(_ bench: JobBench) throws {
        let job = try bench.add()
        bench.clock.advance(by: .seconds(3))
        var expected = job
        expected.state = .running
        expected.attempt = 1
        expected.epoch = bench.epoch
        expected.startedAt = bench.now
        #expect(try bench.claim() == [expected])
        #expect(try bench.job(job.id) == expected)
        #expect(try bench.history(job).isEmpty)
    }

    static func order(_ bench: JobBench) throws {
        let random = SeededRandom(seed: 7)
        var jobs: [Job] = []
        for number in 0..<90 {
            if number.isMultiple(of: 4) { bench.clock.advance(by: .milliseconds(1)) }
            let kind = [JobKind.create, .build, .send][number % 3]
            let account = number.isMultiple(of: 2) ? "local" : "acme"
            let priority = 1 + Int(random.next() * 9)
            jobs.append(try bench.add(kind, account: account, priority: priority))
        }
        let expected = jobs.sorted {
            ($0.priority, $0.scheduledAt, $0.id) < ($1.priority, $1.scheduledAt, $1.id)
        }
        var claimed: [Int64] = []
        for limit in [1, 2, 5, 16, 31, 90] { claimed += try bench.claim(limit).map(\.id) }
        #expect(claimed == expected.map(\.id))
    }

    static func limit(_ bench: JobBench) throws {
        for kind in [JobKind.create, .build, .send] {
            for _ in 1...3 { try bench.add(kind) }
        }
        #expect(try bench.claim(4).count == 4)
        #expect(try bench.claim(4).count == 4)
        #expect(try bench.claim(4).count == 1)
    }

    static func none(_ bench: JobBench) throws {
        try bench.add()
        try bench.claimNothing(limit: 0)
    }

    static func once(_ bench: JobBench) throws {
        let jobs = try (1...5).map { _ in try bench.add() }
        #expect(try bench.claim().map(\.id) == jobs.map(\.id))
        try bench.claimNothing()
    }

    static func atOnce(_ bench: JobBench) throws {
        let (store, now, wall) = (bench.store, bench.now, bench.clock.wall)
        let results = Recorder<Result<WorkBatch, StoreError>>()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 1...10 {
                let new = [NewJob](repeating: NewJob(kind: .create), count: 3)
                let stored = try? store.enqueue(new, now: now)
                #expect(stored?.count == 3)
                let exchange = WorkExchange(ended: [], claimLimit: 3, now: now, wall: wall)
                store.exchange(exchange) { results.append($0) }
            }
        }
        let claimed = try results.wait(forCount: 80).flatMap { try $0.get().jobs.map(\.id) }
        #expect(claimed.count == 240)
        #expect(Set(claimed).count == 240)
    }

    static func sameExchange(_ bench: JobBench) throws {
        let first = try bench.run()
        let second = try bench.add()
        let batch = try bench.exchange([try bench.ended(first, .completed)], claim: 1)
        #expect(batch.jobs.map(\.id) == [second.id])
        #expect(batch.lost.isEmpty)
        #expect(try bench.job(first.id).state == .completed)
    }
}
