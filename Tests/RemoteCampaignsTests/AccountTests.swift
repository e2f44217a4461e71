import APITypes
import Campaigns
import Foundation
import JobQueue
import SQLiteStore
import Synchronization
import TestSupport
import Testing

@testable import RemoteCampaigns

/// What keeps an account back, and what it costs: no attempt.
@Suite("Remote: accounts", .timeLimit(.minutes(10)))
struct AccountTests {
    @Test(
        "a sign-in page pauses the account; a new token and resume go on, and no attempt is spent"
    )
    func signedOut() throws {
        let server = try SeedServer()
        let box = TokenBox(token: "an-old-token")
        let site = try RemoteSite([
            .test(server.url) { $0.token = { box.token } }
        ])
        let id = try site.enqueue(try RemoteSite.spec())
        try site.wait(for: id, "the account to be paused") { job in
            job.state == .available
                && (try? site.store.gate(ofAccount: "other"))?.isPaused == true
        }
        let standing = try site.service.standing(
            ofCampaign: try #require(ObjectID(id)),
            as: .operator
        )
        #expect("\(String(describing: standing.end))".contains("campaignctl accounts resume other"))
        #expect(server.count(of: "create") == 0)
        box.token = "the-session-token"
        try site.service.resumeAccount("other")
        #expect(try site.settle(id).status == .sent)
        let jobs = try site.store.jobs(matching: JobFilter(), before: nil, limit: 10)
        #expect(jobs.map(\.attempt) == [1, 1, 1])
        try site.close()
        server.stop()
    }

    @Test("a paused account asks for nothing, and holds up no other")
    func paused() throws {
        let slow = try SeedServer()
        let quick = try SeedServer()
        let site = try RemoteSite([.test(slow.url), .test(quick.url, name: "second")])
        try site.service.pauseAccount("other")
        let waiting = try site.enqueue(try RemoteSite.spec())
        let passing = try site.enqueue(try RemoteSite.spec(), account: "second")
        #expect(try site.settle(passing).status == .sent)
        #expect(slow.requests.isEmpty)
        try site.service.resumeAccount("other")
        #expect(try site.settle(waiting).status == .sent)
        try site.close()
        slow.stop()
        quick.stop()
    }

    @Test("a server that is not there opens the breaker; nothing is spent, and it goes on")
    func down() throws {
        let server = try SeedServer()
        server.isDown = true
        let site = try RemoteSite([.test(server.url)])
        let id = try site.enqueue(try RemoteSite.spec())
        try site.wait(for: id, "the breaker to open") { _ in
            (try? site.store.gate(ofAccount: "other"))?.isBroken == true
        }
        server.isDown = false
        #expect(try site.settle(id).status == .sent)
        #expect(server.own.map(\.sends) == [1])
        let jobs = try site.store.jobs(matching: JobFilter(), before: nil, limit: 10)
        #expect(jobs.map(\.attempt) == [1, 1, 1])
        #expect(try site.store.gate(ofAccount: "other").isBroken == false)
        try site.close()
        server.stop()
    }

    @Test("a connection that is refused leaves no doubt")
    func connectionRefused() throws {
        // Port 1 (tcpmux) is privileged, and nobody listens there.
        let site = try RemoteSite([.test("http://127.0.0.1:1")])
        let id = try site.enqueue(try RemoteSite.spec())
        try site.wait(for: id, "the breaker to open") { job in
            job.state == .scheduled
                && (try? site.store.gate(ofAccount: "other"))?.isBroken == true
        }
        #expect(try site.store.remoteCampaign(id)?.intent == nil)
        try site.close()
    }

    @Test("a server that asks to be left alone is, for as long as it says", arguments: [429, 503])
    func throttled(status: Int) throws {
        let answers = Recorder<Int>()
        let server = try ScriptedHTTPServer { stage, request in
            guard stage == .request else { return .proceed }
            answers.append(0)
            return answers.elements.count == 1
                ? .reply(status, headers: [("Retry-After", "600")], body: "later")
                : .breakOff(after: "")
        }
        let site = try RemoteSite([.test(server.url)])
        let id = try site.enqueue(try RemoteSite.spec())
        let job = try site.wait(for: id, "the job to be put off") { $0.state == .scheduled }
        let gate = try site.store.gate(ofAccount: "other")
        #expect(!gate.isBroken)
        let until = try #require(gate.throttledUntil)
        #expect(job.scheduledAt == until)
        #expect(job.attempt == 0)
        #expect(try site.store.remoteCampaign(id)?.intent == nil)
        try site.close()
        server.stop()
    }

    @Test("requests leave no faster than the rate")
    func rate() throws {
        let server = try SeedServer()
        let policy = AccountPolicy.test(server.url) {
            $0.ratePerSecond = 100
            $0.maxConcurrent = 2
        }
        let site = try RemoteSite([policy])
        let ids = try (0..<20).map { try site.enqueue(try RemoteSite.spec("Spring \($0)")) }
        for id in ids { #expect(try site.settle(id).status == .sent) }
        #expect(server.own.map(\.sends) == Array(repeating: 1, count: 20))
        let evidence = try site.store.jobs(matching: JobFilter(), before: nil, limit: 1_000)
            .flatMap { try site.store.exchanges(ofJob: $0.id) }
        let writes = evidence.filter { !$0.request.hasPrefix("GET") }.map(\.askedAt).sorted()
        #expect(writes.count == 60)
        for (earlier, later) in zip(writes, writes.dropFirst()) {
            #expect(later - earlier >= .milliseconds(10))
        }
        try site.close()
        server.stop()
    }

    @Test("the token is in no row, error or evidence, even where the server repeats it")
    func secrets() throws {
        let token = "tok3n-that-nobody-guesses"
        let server = try ScriptedHTTPServer { stage, request in
            guard stage == .request else { return .proceed }
            let cookie = request[header: "cookie"] ?? ""
            return request.method == "GET"
                ? .reply(200, body: #"{"result":[],"meta":{"count":0}}"#)
                : .reply(400, headers: [("Set-Cookie", cookie)], body: "you sent \(cookie)")
        }
        let site = try RemoteSite([.test(server.url, token: token)])
        let id = try site.enqueue(try RemoteSite.spec())
        try site.settle(id)
        let job = try #require(try site.store.newestJob(ofCampaign: id))
        #expect(job.lastError?.message.contains("<secret>") == true)
        let folder = URL(filePath: site.folder)
        let files = try FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: nil
        )
        #expect(
            server.requests.elements.allSatisfy { $0[header: "cookie"]?.contains(token) == true }
        )
        try site.store.close(now: site.clock.now)
        for file in files {
            let bytes = (try? Data(contentsOf: file)) ?? Data()
            #expect(bytes.range(of: Data(token.utf8)) == nil, "\(file.lastPathComponent)")
        }
        server.stop()
        try FileManager.default.removeItem(at: folder)
    }

    @Test("an account that is not configured is a fault of the order")
    func unknown() throws {
        let site = try RemoteSite([.test("http://127.0.0.1:1")])
        #expect(throws: ServiceError.self) {
            _ = try site.enqueue(try RemoteSite.spec(), account: "nobody")
        }
        try site.close()
    }
}

/// A token that a test renews.
private final class TokenBox: Sendable {
    private let value: Mutex<String>

    init(token: String) { value = Mutex(token) }

    var token: String {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
