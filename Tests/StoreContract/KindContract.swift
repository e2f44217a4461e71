import JobQueue
import TestSupport
import Testing

/// Kinds that are paused, and kinds that the daemon does not know.
package enum KindContract {
    package static let behaviours = [
        Behaviour("a paused kind is not claimed, and its jobs stay as they are", pause),
        Behaviour("a resumed kind is claimed again, and the pool is told", resume),
        Behaviour("a pause keeps its first time, and outlives the daemon", pausedAt),
        Behaviour("jobs of a paused kind come due, and running ones end as ever", pausedGoesOn),
        Behaviour("available jobs of an unknown kind are held, and released once known", unknown),
        Behaviour("more jobs of an unknown kind than one write moves are all moved", manyUnknown),
        Behaviour("only jobs held for their kind are released with it", releaseOthers),
        Behaviour("a kind without a handler is never claimed", neverClaimed),
        Behaviour("a job of an unknown kind that comes due later is held by the next start", late),
    ]

    static func pause(_ bench: JobBench) throws {
        let paused = try bench.add(.build, priority: 1)
        let other = try bench.add(.create, priority: 9)
        try bench.store.setPaused(true, kind: .build, now: bench.now)
        #expect(try bench.job(paused.id) == paused)
        #expect(try bench.claim().map(\.id) == [other.id])
        #expect(try bench.job(paused.id) == paused)
        #expect(bench.told.elements.contains(.lanesChanged))
    }

    static func resume(_ bench: JobBench) throws {
        let job = try bench.add(.build)
        try bench.store.setPaused(true, kind: .build, now: bench.now)
        #expect(try bench.claim().isEmpty)
        let count = bench.told.elements.count
        try bench.store.setPaused(false, kind: .build, now: bench.now)
        #expect(bench.told.elements[count...] == [.lanesChanged])
        #expect(try bench.store.pausedKinds().isEmpty)
        #expect(try bench.claim().map(\.id) == [job.id])
    }

    static func pausedAt(_ bench: JobBench) throws {
        let first = bench.now
        try bench.store.setPaused(true, kind: .send, now: first)
        bench.clock.advance(by: .seconds(1))
        try bench.store.setPaused(true, kind: .send, now: bench.now)
        try bench.store.setPaused(true, kind: .build, now: bench.now)
        try bench.store.setPaused(false, kind: .create, now: bench.now)
        try bench.restart(after: .death)
        #expect(try bench.store.pausedKinds() == [.send: first, .build: bench.now])
    }

    static func pausedGoesOn(_ bench: JobBench) throws {
        let running = try bench.run(.build)
        let dated = try bench.add(.build, date: bench.clock.wall + .seconds(1))
        try bench.store.setPaused(true, kind: .build, now: bench.now)
        bench.clock.advance(by: .seconds(1))
        try bench.end(running, .completed)
        #expect(try bench.job(dated.id).state == .available)
        #expect(try bench.claim().isEmpty)
        #expect(try bench.exchange().nextDate == nil, "no timer fires for it in vain")
    }

    static func unknown(_ bench: JobBench) throws {
        let build = try bench.add(.build)
        let later = try bench.add(.build, date: bench.clock.wall + .seconds(60))
        let create = try bench.add(.create)
        try bench.store.reconcileKinds(known: [.create], now: bench.now)
        #expect(try bench.job(build.id).holdReason == .unknownKind)
        #expect(try bench.job(later.id) == later)
        #expect(try bench.job(create.id) == create)
        try bench.store.reconcileKinds(known: [.create, .build], now: bench.now)
        #expect(try bench.job(build.id) == build)
        #expect(Set(try bench.claim().map(\.id)) == [build.id, create.id])
    }

    static func manyUnknown(_ bench: JobBench) throws {
        let jobs = [NewJob](repeating: NewJob(kind: .build), count: 1_000)
        _ = try bench.store.enqueue(jobs, now: bench.now)
        try bench.store.reconcileKinds(known: [.create], now: bench.now)
        let count = { state in JobCount(kind: .build, state: state, count: 1_000) }
        #expect(try bench.store.jobCounts() == [count(.held)])
        try bench.store.reconcileKinds(known: [.build], now: bench.now)
        #expect(try bench.store.jobCounts() == [count(.available)])
    }

    static func releaseOthers(_ bench: JobBench) throws {
        for reason in HoldReason.allCases {
            _ = try bench.job(in: Place(state: .held, reason: reason))
        }
        try bench.store.reconcileKinds(known: [.create], now: bench.now)
        var filter = JobFilter()
        filter.states = [.held]
        let held = try bench.store.jobs(matching: filter, before: nil, limit: 10)
        #expect(
            Set(held.compactMap(\.holdReason))
                == Set(HoldReason.allCases).subtracting([.unknownKind])
        )
    }

    static func neverClaimed(_ bench: JobBench) throws {
        let job = try bench.add(JobKind(rawValue: "prune"))
        #expect(try bench.claim().isEmpty)
        #expect(try bench.job(job.id) == job)
    }

    static func late(_ bench: JobBench) throws {
        let job = try bench.add(JobKind(rawValue: "prune"), date: bench.clock.wall + .seconds(1))
        bench.clock.advance(by: .seconds(1))
        #expect(try bench.claim().isEmpty)
        try bench.restart(after: .close)
        #expect(try bench.job(job.id).holdReason == .unknownKind)
    }
}
