import Campaigns
import Glibc
import JobQueue
import SQLiteStore

/// The process that `recover` kills: claims eight jobs, as a daemon does, and dies.
struct Dying {
    let folder: String
    private static let jobs = 8

    func run() throws -> Never {
        let opened = try SQLiteStore.open(
            StoreOptions(folder: folder, version: "bench", mayCreate: false, runsJobs: true)
        )
        let open = OpenStore(store: opened.store, clock: opened.clock)
        try open.store.reconcileKinds(known: [.create, .build, .send], now: open.clock.now)
        let service = CampaignService(
            store: open.store,
            clock: open.clock,
            settings: ServiceSettings()
        )
        let spec = try Audience(service, contacts: 1).campaignSpec
        let request = CampaignService.Request(order: CampaignOrder(spec: spec, until: .create))
        _ = try service.enqueue(Array(repeating: request, count: Self.jobs), as: .operator)
        var exchanger = Exchanger(open)
        _ = try exchanger.claim(Self.jobs, batch: Self.jobs)
        kill(getpid(), SIGKILL)
        fatalError("killed")
    }
}
