import Campaigns
import JobQueue
import SQLiteStore
import Synchronization
import TestSupport
import Testing

@testable import RemoteCampaigns

/// What is seen of an account's server without a write.
@Suite("Remote: checks", .timeLimit(.minutes(5)))
struct CheckTests {
    @Test("a server that lets us in is read once, and no write is asked for")
    func good() throws {
        let server = try SeedServer()
        let site = try RemoteSite([.test(server.url)])
        #expect(try fault(site) == nil)
        #expect(server.requests.map(\.target) == ["/api/campaign?page=1&limit=1"])
        #expect(server.requests.map(\.method) == ["GET"])
        try site.close()
        server.stop()
    }

    @Test("a server that is not there, and one that is no such server, are told")
    func away() throws {
        let server = try SeedServer()
        let other = try ScriptedHTTPServer { stage, _ in
            stage == .request ? .reply(200, body: "{}") : .proceed
        }
        let site = try RemoteSite([.test(server.url), .test(other.url, name: "second")])
        server.stop()
        let away = try #require(try fault(site))
        #expect(away.whatToDo.contains("baseURL"))
        let stranger = try #require(try fault(site, 1))
        #expect(stranger.reason.contains("and no list"))
        try site.close()
        other.stop()
    }

    @Test("a token that is refused is told, and one that was renewed: it only has to be resumed")
    func token() throws {
        let server = try SeedServer()
        let token = Mutex("an-old-token")
        let site = try RemoteSite([
            .test(server.url) { $0.token = { token.withLock { $0 } } }
        ])
        let refused = try #require(try fault(site))
        #expect(refused.whatToDo == "renew its tokenFile, then campaignctl accounts resume other")
        #expect(!"\(refused)".contains("an-old-token"))
        let id = try site.enqueue(try RemoteSite.spec())
        try site.wait(for: id, "the account to be paused") { job in
            job.state == .available
                && (try? site.store.gate(ofAccount: "other"))?.isPaused == true
        }
        token.withLock { $0 = "the-session-token" }
        let paused = try #require(try fault(site))
        #expect(paused.reason.hasPrefix("paused (") && paused.reason.hasSuffix("lets us in now"))
        #expect(paused.whatToDo == "campaignctl accounts resume other")
        try site.close()
        server.stop()
    }

    @Test("a check takes its turn in the account's rate, and is not made where that is long off")
    func rate() throws {
        let server = try SeedServer()
        let site = try RemoteSite([.test(server.url) { $0.ratePerSecond = 0.05 }])
        #expect(try fault(site) == nil)
        let early = try #require(try fault(site))
        #expect(early.reason.hasPrefix("not asked: its rate"))
        #expect(server.requests.count == 1)
        try site.close()
        server.stop()
    }

    private func fault(_ site: RemoteSite, _ index: Int = 0) throws -> ConnectionFault? {
        let faults = Recorder<ConnectionFault?>()
        site.drivers[index].check { faults.append($0) }
        return try faults.wait(forCount: 1)[0]
    }
}
