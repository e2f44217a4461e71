import JobQueue
import TestSupport
import Testing

@testable import SQLiteStore

@Suite("SQLite store: engine time over a restart", .timeLimit(.minutes(10)))
struct EngineTimeTests {
    let site: SQLiteSite

    init() throws { site = try SQLiteSite() }

    /// Runs an epoch whose engine time is `ahead` of the wall clock; returns where it ended.
    private func runEpoch(ahead: Duration, dies: Bool = false) throws -> Timestamp {
        let clock = ManualClock(at: SystemClock().wall + ahead)
        let store = try SQLiteStore.open(site.options, clock: clock).store
        if dies { try store.database.close() } else { try store.close(now: clock.now) }
        return clock.now
    }

    private func reopen(boot: String) throws -> Timestamp {
        var options = site.options
        options.bootID = boot
        let (store, clock) = try SQLiteStore.open(options)
        let now = clock.now
        try store.close(now: now)
        return now
    }

    /// Far more than what a test takes.
    private static let slack: Duration = .seconds(600)
    private static let day: Duration = .seconds(86_400)

    @Test("under the same boot it goes on, wherever the wall clock went", arguments: [false, true])
    func sameBoot(dies: Bool) throws {
        for ahead in [Self.day, .zero - Self.day] {
            let end = try runEpoch(ahead: ahead, dies: dies)
            let now = try reopen(boot: "boot-1")
            #expect(now >= end)
            #expect(now <= end + Self.slack)
        }
    }

    @Test("after another boot it follows the wall clock, but never back")
    func otherBoot() throws {
        let ahead = try runEpoch(ahead: Self.day)
        #expect(try reopen(boot: "boot-2") >= ahead)
    }

    @Test("a machine that was off for a day has its engine time moved on by a day")
    func wasOff() throws {
        let end = try runEpoch(ahead: .zero - Self.day)
        #expect(try reopen(boot: "boot-2") >= end + Self.day)
    }

    @Test("a store that runs no jobs begins no epoch and still recovers")
    func offline() throws {
        let clock = ManualClock()
        let first = try SQLiteStore.open(site.options, clock: clock).store
        try first.reconcileKinds(known: [.create], now: clock.now)
        let jobs = try first.enqueue([NewJob(kind: .create)], now: clock.now)
        let claimed = TestSignal()
        first.exchange(
            WorkExchange(ended: [], claimLimit: 1, now: clock.now, wall: clock.wall)
        ) { _ in claimed.fire() }
        try claimed.wait()
        #expect(try first.job(jobs[0].id)?.state == .running)
        try first.database.close()

        var options = site.options
        options.runsJobs = false
        let offline = try SQLiteStore.open(options, clock: clock).store
        #expect(offline.currentEpoch == 0)
        #expect(try offline.job(jobs[0].id)?.state == .available)
        try offline.close(now: clock.now)

        let next = try SQLiteStore.open(site.options, clock: clock).store
        #expect(next.currentEpoch == first.currentEpoch + 1)
        #expect(try next.job(jobs[0].id)?.crashes == 1)
        try next.close(now: clock.now)
    }
}
