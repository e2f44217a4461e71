import Campaigns
import Dispatch
import FoundationEssentials
import Glibc
import JobQueue
import Logging
import RemoteCampaigns
import SQLiteStore
import TestSupport

/// The engine as the daemon composes it, with accounts at other servers, in a folder of its own.
final class RemoteSite: Sendable {
    let folder: String
    let store: SQLiteStore
    let clock: any EngineClock
    let service: CampaignService
    let pool: WorkerPool
    let drivers: [AccountDriver]
    private let hub = EventHub()

    init(_ policies: [AccountPolicy]) throws {
        var template = Array("/tmp/campaignd-remote-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SiteFault(what: "a folder") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let hub = hub
        let opened = try SQLiteStore.open(
            StoreOptions(
                folder: folder,
                version: "test",
                mayCreate: true,
                runsJobs: true,
                durability: .normal
            ),
            events: hub
        )
        let (store, clock) = opened
        self.store = store
        self.clock = clock
        service = CampaignService(
            store: store,
            clock: clock,
            settings: ServiceSettings(
                maxAttempts: 3,
                defaultAccount: policies[0].name,
                remoteAccounts: policies.map(\.name)
            )
        )
        let drivers = policies.map {
            AccountDriver(
                $0,
                store: store,
                clock: clock,
                random: SystemRandom(),
                events: hub,
                logger: Self.silence
            )
        }
        self.drivers = drivers
        let backends = Dictionary(uniqueKeysWithValues: drivers.map { ($0.policy.name, $0) })
        let handler = { (step: CampaignStep, local: any JobHandler) in
            AccountHandler(step, local: local, backends: backends)
        }
        pool = WorkerPool(
            store: store,
            handlers: [
                handler(.create, CreateHandler(store: store, clock: clock)),
                handler(.build, BuildHandler(store: store, clock: clock)),
                handler(.send, SendHandler(store: store, clock: clock)),
            ],
            workers: 2,
            clock: clock,
            random: SystemRandom(),
            retryPolicy: { _ in
                RetryPolicy(
                    backoff: Backoff(first: .milliseconds(100), maximum: .seconds(1)),
                    maxAttempts: 3
                )
            },
            events: hub,
            logger: Self.silence
        )
        try store.keepAccounts(policies.map(\.account))
        try store.reconcileKinds(known: [.create, .build, .send], now: clock.now)
        for driver in drivers { try driver.start() }
        pool.start()
    }

    /// Ends everything in order and removes the folder.
    func close() throws {
        for driver in drivers {
            let signal = TestSignal()
            driver.stop(timeout: .seconds(5)) { signal.fire() }
            try signal.wait(for: "a driver to stop")
        }
        _ = pool.stop(deadline: .seconds(5))
        try store.close(now: clock.now)
        try FileManager.default.removeItem(atPath: folder)
    }

    private static let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    // MARK: Campaigns

    /// A campaign of one channel and one list, whatever the server has of them.
    static func spec(_ name: String = "Spring") throws -> CampaignSpec {
        guard let template = ObjectID("66d845e99bb64dbbd0d449d8"),
            let list = ObjectID("687a0f67137b4868f1b1eaea")
        else { throw SiteFault(what: "two ids") }
        return CampaignSpec(
            name: name,
            channels: [.email],
            settings: [
                .email: ChannelSettings(
                    sender: "info@example.org",
                    templateID: template,
                    version: 1
                )
            ],
            contactListIDs: [list]
        )
    }

    /// Enqueues a campaign to be sent; returns its id.
    func enqueue(
        _ spec: CampaignSpec,
        until: CampaignStep = .send,
        account: String? = nil
    ) throws -> String {
        let request = CampaignService.Request(
            order: CampaignOrder(spec: spec, until: until),
            account: account
        )
        guard let id = try service.enqueue([request], as: .operator).first?.job.campaignID else {
            throw SiteFault(what: "a campaign")
        }
        return id
    }

    /// Blocks until the campaign's newest job is as asked, and returns it.
    @discardableResult
    func wait(
        for campaign: String,
        _ what: String,
        until isThere: (Job) -> Bool
    ) throws -> Job {
        let bell = DispatchSemaphore(value: 0)
        let subscription = hub.subscribe(details: true) { _ in bell.signal() }
        defer { subscription.cancel() }
        while true {
            if let job = try store.newestJob(ofCampaign: campaign), isThere(job) { return job }
            guard bell.wait(timeout: .now() + .seconds(Self.patience)) == .success else {
                throw SiteFault(what: what)
            }
        }
    }

    /// How long nothing may happen at all.
    private static let patience = 60

    /// Blocks until nothing more happens to the campaign by itself; returns it.
    @discardableResult
    func settle(_ campaign: String) throws -> Campaign {
        try wait(for: campaign, "campaign \(campaign) to settle") { job in
            job.state == .held || job.state == .discarded || job.state == .cancelled
                || (job.kind == .send && job.state == .completed)
        }
        return try shown(campaign)
    }

    func shown(_ id: String) throws -> Campaign {
        guard let campaign = try store.campaign(id, owner: nil) else {
            throw SiteFault(what: "campaign \(id)")
        }
        return campaign
    }
}

/// What a test waited for, or needed, and did not get.
struct SiteFault: Error {
    var what: String
}

extension AccountPolicy {
    /// A quick account at a test's server.
    static func test(
        _ url: String,
        name: String = "other",
        token: String = "the-session-token",
        _ change: (inout AccountPolicy) -> Void = { _ in }
    ) -> AccountPolicy {
        var policy = AccountPolicy(
            name: name,
            baseURL: url,
            userID: "648b80839b30ddb88cdbab11",
            token: { token },
            settle: .milliseconds(100),
            poll: Backoff(first: .milliseconds(20), maximum: .milliseconds(200)),
            requestTimeout: .seconds(20),
            ratePerSecond: 1_000,
            maxConcurrent: 4,
            retry: Backoff(first: .milliseconds(20), maximum: .milliseconds(100)),
            probe: Backoff(first: .milliseconds(20), maximum: .milliseconds(100))
        )
        change(&policy)
        return policy
    }
}
