import Campaigns
import JobQueue
import TestSupport
import Testing

@testable import SQLiteStore

/// What is kept of campaigns at other servers, and what moves with it.
@Suite("SQLite store: remote campaigns", .timeLimit(.minutes(10)))
struct RemoteStoreTests {
    private static let account = RemoteAccount(
        name: "other",
        baseURL: "https://example.org",
        userID: "u",
        ratePerSecond: 5,
        maxConcurrent: 4
    )

    /// A store with an account, and campaigns of it.
    private struct Scene {
        let store: SQLiteStore
        let now = ManualClock().now

        init(_ store: SQLiteStore) throws {
            self.store = store
            try store.keepAccounts([RemoteStoreTests.account])
            try store.reconcileKinds(known: [.create, .build, .send], now: now)
        }

        /// Accepts a campaign, claims its job, and answers both.
        func claimed(until: CampaignStep = .send) throws -> (RemoteCampaign, Job) {
            let id = try #require(try enqueue(until: until).job.campaignID)
            return (
                RemoteCampaign(
                    campaignID: id,
                    account: "other",
                    fingerprint: "f",
                    name: "n",
                    marker: nil
                ), try claim()
            )
        }

        func enqueue(until: CampaignStep = .send, rate: Double? = nil) throws -> AcceptedJob {
            let service = CampaignService(
                store: store,
                clock: ManualClock(),
                settings: ServiceSettings(remoteAccounts: ["other"])
            )
            let request = CampaignService.Request(
                order: CampaignOrder(spec: try spec(), until: until, ratePerSecond: rate),
                account: "other"
            )
            return try #require(try service.enqueue([request], as: .operator).first)
        }

        func claim() throws -> Job {
            let batches = Recorder<Result<WorkBatch, StoreError>>()
            store.exchange(WorkExchange(ended: [], claimLimit: 1, now: now, wall: now)) {
                batches.append($0)
            }
            return try #require(try batches.wait(forCount: 1)[0].get().jobs.first)
        }

        func intend(_ remote: RemoteCampaign, _ job: Job) throws -> Bool {
            try store.intend(
                remote,
                claim: try #require(job.claim),
                evidence: nil,
                gate: AccountGate(),
                now: now
            )
        }

        func end(_ job: Job, _ ending: RemoteEnding, _ remote: RemoteCampaign) throws {
            try store.end(
                try #require(job.claim),
                ending,
                remote,
                evidence: nil,
                now: now
            )
        }

        func status(_ remote: RemoteCampaign) throws -> CampaignStatus? {
            try store.campaign(remote.campaignID, owner: nil)?.status
        }

        private func spec() throws -> CampaignSpec {
            CampaignSpec(
                name: "Spring",
                channels: [.sms],
                settings: [
                    .sms: ChannelSettings(
                        sender: "9498671145",
                        templateID: try #require(ObjectID("66d845e99bb64dbbd0d449d8")),
                        version: nil
                    )
                ],
                contactListIDs: [try #require(ObjectID("687a0f67137b4868f1b1eaea"))]
            )
        }
    }

    @Test("what is stored of a campaign is read again as it was")
    func roundTrip() throws {
        try SQLiteSite().with { store in
            var remote = RemoteCampaign(
                campaignID: "c",
                account: "other",
                fingerprint: "f",
                name: "n [k7]",
                marker: "k7"
            )
            let now = ManualClock().now
            remote.remoteID = "a1"
            remote.intent = RemoteIntent(.send, at: now, statusBefore: "BUILD")
            remote.intent?.stand(.doubtful, at: now + .seconds(1), reply: "lost")
            remote.intent?.misses = 1
            remote.knownBefore = ["x", "y"]
            remote.duplicates = ["z"]
            remote.mirror = RemoteMirror(
                status: "HATCHING",
                counts: [.init(status: "PENDING", count: 5)],
                lists: [.init(id: "l", name: "List", contacts: 5)],
                at: now
            )
            remote.quietReadings = 3
            let exchange = RemoteExchange(
                jobID: 7,
                request: "PUT /x",
                askedAt: now,
                answeredAt: now,
                status: nil,
                excerpt: String(repeating: "é", count: 600)
            )
            try store.record(remote, exchange)
            #expect(try store.remoteCampaign("c") == remote)
            #expect(try store.exchanges(ofJob: 7) == [exchange])
            #expect(exchange.excerpt.utf8.count == 500)
        }
    }

    @Test("what another server carries has no rate of ours, neither at enqueue nor later")
    func rate() throws {
        try SQLiteSite().with { store in
            let scene = try Scene(store)
            do {
                _ = try scene.enqueue(rate: 5)
                Issue.record("it was accepted")
            } catch ServiceError.unprocessableEntries(let faults) {
                #expect(faults.map(\.fault.field) == ["ratePerSecond"])
            }
            let id = try #require(try scene.enqueue().job.campaignID)
            #expect(throws: StoreError.self) {
                try store.setRate(5, ofCampaign: id, owner: nil, now: scene.now)
            }
            #expect(try store.rate(ofCampaign: id) == nil)
        }
    }

    @Test("an intent needs its claim; what came of a request is kept without")
    func claims() throws {
        try SQLiteSite().with { store in
            let scene = try Scene(store)
            var (remote, job) = try scene.claimed()
            remote.intent = RemoteIntent(.create, at: scene.now, statusBefore: nil)
            try store.pauseCampaign(remote.campaignID, owner: nil, now: scene.now)
            #expect(throws: StoreError.self) { _ = try scene.intend(remote, job) }
            #expect(try store.remoteCampaign(remote.campaignID) == nil)
            try store.record(
                remote,
                RemoteExchange(
                    jobID: job.id,
                    request: "POST",
                    askedAt: scene.now,
                    answeredAt: scene.now,
                    status: 200,
                    excerpt: ""
                )
            )
            #expect(try store.remoteCampaign(remote.campaignID) == remote)
        }
    }

    @Test("of two alike without a marker one creates at a time")
    func alike() throws {
        try SQLiteSite().with { store in
            let scene = try Scene(store)
            var (first, firstJob) = try scene.claimed()
            first.intent = RemoteIntent(.create, at: scene.now, statusBefore: nil)
            #expect(try scene.intend(first, firstJob))
            var (second, secondJob) = try scene.claimed()
            second.intent = RemoteIntent(.create, at: scene.now, statusBefore: nil)
            #expect(try !scene.intend(second, secondJob))
            #expect(try store.remoteCampaign(second.campaignID) == nil)
            first.intent = nil
            first.remoteID = "a1"
            try scene.end(firstJob, .completed, first)
            #expect(try scene.intend(second, secondJob))
        }
    }

    @Test("an id of the server belongs to one campaign")
    func boundOnce() throws {
        try SQLiteSite().with { store in
            let scene = try Scene(store)
            var (first, firstJob) = try scene.claimed()
            first.remoteID = "a1"
            try scene.end(firstJob, .completed, first)
            let bound = try store.boundIDs(
                among: ["a1", "a2"],
                account: "other",
                otherThan: "somebody"
            )
            #expect(bound == ["a1"])
            var (second, _) = try scene.claimed()
            second.remoteID = "a1"
            #expect(throws: StoreError.self) {
                try store.record(
                    second,
                    RemoteExchange(
                        jobID: 1,
                        request: "",
                        askedAt: scene.now,
                        answeredAt: scene.now,
                        status: 200,
                        excerpt: ""
                    )
                )
            }
        }
    }

    @Test("campaign and job move together through create, build, send and its end")
    func steps() throws {
        try SQLiteSite().with { store in
            let scene = try Scene(store)
            var (remote, create) = try scene.claimed()
            remote.remoteID = "a1"
            try scene.end(create, .completed, remote)
            let build = try scene.claim()
            #expect(build.kind == .build)
            remote.intent = RemoteIntent(.build, at: scene.now, statusBefore: "DRAFT")
            #expect(try scene.intend(remote, build))
            #expect(try scene.status(remote) == .building)
            remote.intent = nil
            try scene.end(build, .completed, remote)
            #expect(try scene.status(remote) == .build)
            let send = try scene.claim()
            #expect(send.kind == .send)
            try scene.end(send, .following(until: scene.now), remote)
            #expect(try scene.status(remote) == .sending)
            #expect(throws: StoreError.self) {
                try store.cancelCampaign(remote.campaignID, owner: nil, now: scene.now)
            }
            #expect(throws: StoreError.self) {
                try store.pauseCampaign(remote.campaignID, owner: nil, now: scene.now)
            }
            let again = try scene.claim()
            #expect(again.id == send.id)
            #expect(again.attempt == 1)
            try scene.end(again, .settled(.partial, reason: "why"), remote)
            #expect(try scene.status(remote) == .partial)
            #expect(try store.job(send.id)?.state == .completed)
        }
    }

    @Test("a paused account's jobs are not claimed, and others are", arguments: [true, false])
    func paused(isResumed: Bool) throws {
        try SQLiteSite().with { store in
            let scene = try Scene(store)
            _ = try store.enqueue(
                [NewJob(kind: .send, account: "other"), NewJob(kind: .send)],
                now: scene.now
            )
            try store.setAccountPaused("why", account: "other", now: scene.now)
            if isResumed { try store.setAccountPaused(nil, account: "other", now: scene.now) }
            let first = try scene.claim()
            #expect(first.account == (isResumed ? "other" : "local"))
            #expect(throws: StoreError.self) {
                try store.setAccountPaused("why", account: "nobody", now: scene.now)
            }
        }
    }

    @Test("an account that is not configured any more is not listed; its pause outlives that")
    func configured() throws {
        try SQLiteSite().with { store in
            let scene = try Scene(store)
            try store.setAccountPaused("why", account: "other", now: scene.now)
            try store.keepAccounts([])
            #expect(try store.accounts() == [])
            try store.keepAccounts([Self.account])
            let overview = try #require(try store.accounts().first)
            #expect(overview.account.gate.pauseReason == "why")
        }
    }

    @Test("what keeps an account back outlives the daemon")
    func gateIsKept() throws {
        let site = try SQLiteSite()
        var gate = AccountGate()
        let now = ManualClock().now
        gate.nextRequestAt = now + .milliseconds(200)
        gate.throttledUntil = now + .seconds(30)
        (gate.failures, gate.failure) = (3, "refused")
        (gate.failingSince, gate.probeAt) = (now, now + .seconds(4))
        try site.with { store in
            try store.keepAccounts([Self.account])
            try store.keepGate(gate, ofAccount: "other")
        }
        try site.with { store in
            try store.keepAccounts([Self.account])
            #expect(try store.gate(ofAccount: "other") == gate)
        }
    }

    @Test("a job in doubt that is resolved goes on, and its intent says what it is told")
    func resolved() throws {
        try SQLiteSite().with { store in
            let scene = try Scene(store)
            var (remote, job) = try scene.claimed()
            remote.intent = RemoteIntent(.create, at: scene.now, statusBefore: nil)
            for happened in [true, false] {
                let held = happened ? job : try scene.claim()
                try scene.end(held, .held("look"), remote)
                let results = try store.operate(
                    .resolve(happened: happened),
                    on: [job.id],
                    now: scene.now
                )
                #expect(results.map(\.refusal) == [nil])
                #expect(try store.job(job.id)?.state == .available)
                let intent = try store.remoteCampaign(remote.campaignID)?.intent
                #expect(intent?.standing == (happened ? .confirmed : nil))
            }
        }
    }

    @Test("a job keeps the newest two hundred lines of evidence")
    func trimmed() throws {
        try SQLiteSite().with { store in
            let scene = try Scene(store)
            let (remote, job) = try scene.claimed()
            for number in 1...203 {
                try store.record(
                    remote,
                    RemoteExchange(
                        jobID: job.id,
                        request: "\(number)",
                        askedAt: scene.now,
                        answeredAt: scene.now,
                        status: 200,
                        excerpt: ""
                    )
                )
            }
            let kept = try store.exchanges(ofJob: job.id).map(\.request)
            #expect(kept.count == 200)
            #expect(kept.first == "4")
            #expect(kept.last == "203")
        }
    }
}
