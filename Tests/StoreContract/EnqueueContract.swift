import JobQueue
import TestSupport
import Testing

/// What is stored when jobs are enqueued.
package enum EnqueueContract {
    package static let behaviours = [
        Behaviour("a job is stored as it was given, available at once", fields),
        Behaviour("a job with a date is scheduled for it on the wall clock", dated),
        Behaviour("jobs are stored all or none", allOrNone),
        Behaviour("a campaign has one unfinished job, whatever its state", oneUnfinished),
        Behaviour("an id is never given twice, and each is greater than those before", ids),
        Behaviour("the pool is told of new jobs after they are stored", told),
    ]

    static func fields(_ bench: JobBench) throws {
        let new = NewJob(
            kind: .build,
            account: "acme",
            campaignID: "65f0c0ffee65f0c0ffee65f0",
            userID: "u1",
            payload: #"{"a":"é\u0000☃"}"#,
            priority: 2,
            maxAttempts: 7
        )
        let job = try #require(try bench.store.enqueue([new], now: bench.now).first)
        #expect(job.kind == .build)
        #expect(job.account == "acme")
        #expect(job.campaignID == new.campaignID)
        #expect(job.userID == "u1")
        #expect(job.payload == new.payload)
        #expect(job.priority == 2)
        #expect(job.maxAttempts == 7)
        #expect(job.state == .available)
        #expect(job.attempt == 0)
        #expect(job.scheduledAt == bench.now)
        #expect(!job.isDated)
        #expect(job.createdAt == bench.now)
        #expect(try bench.job(job.id) == job)
        #expect(try bench.history(job).isEmpty)
        #expect(try bench.store.job(job.id + 1) == nil)
    }

    static func dated(_ bench: JobBench) throws {
        let date = bench.clock.wall + .seconds(60)
        let job = try bench.add(date: date)
        #expect(job.state == .scheduled)
        #expect(job.scheduledAt == date)
        #expect(job.isDated)
        #expect(try bench.job(job.id) == job)
    }

    static func allOrNone(_ bench: JobBench) throws {
        try bench.add(campaign: "c2")
        try bench.unchanged {
            let jobs = ["c1", "c2"].map { NewJob(kind: .create, campaignID: $0) }
            #expect(throws: StoreError.self) {
                try bench.store.enqueue(jobs, now: bench.now)
            }
            let twice = [NewJob](repeating: NewJob(kind: .create, campaignID: "c3"), count: 2)
            #expect(throws: StoreError.self) {
                try bench.store.enqueue(twice, now: bench.now)
            }
        }
        let stored = try bench.store.enqueue(
            [NewJob(kind: .create), NewJob(kind: .send)],
            now: bench.now
        )
        #expect(stored.map(\.kind) == [.create, .send])
    }

    static func oneUnfinished(_ bench: JobBench) throws {
        for (number, place) in Place.all.enumerated() {
            let campaign = "c\(number)"
            let job = try bench.job(in: place, campaign: campaign)
            guard !place.state.isFinal else {
                try bench.add(campaign: campaign)
                continue
            }
            let refusal = #expect(throws: StoreError.self, "\(place)") {
                try bench.add(campaign: campaign)
            }
            guard case .conflict(let text) = refusal else {
                Issue.record("\(place): \(String(describing: refusal))")
                continue
            }
            #expect(text.contains("\(job.id)") && text.contains(campaign))
        }
    }

    static func ids(_ bench: JobBench) throws {
        var last: Int64 = 0
        for _ in 1...3 {
            let job = try bench.add()
            #expect(job.id > last)
            last = job.id
            try bench.restart(after: .close)
        }
    }

    static func told(_ bench: JobBench) throws {
        let job = try bench.add(campaign: "c1")
        #expect(bench.told.elements.contains(.jobsReady))
        let detail = StoreEvent.job(id: job.id, campaignID: "c1", state: .available)
        #expect(bench.told.elements.contains(detail))
    }
}
