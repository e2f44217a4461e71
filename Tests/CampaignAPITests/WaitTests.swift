import APITypes
import CampaignAPI
import Campaigns
import JobQueue
import TestSupport
import Testing

/// Requests that wait for jobs.
@Suite("waiting", .timeLimit(.minutes(10)))
struct WaitTests {
    /// Starts a request that has to wait, and returns where its reply will be.
    private func start(_ site: APISite, _ request: APIRequest) throws
        -> (wait: Wait, replies: Recorder<APIReply>)
    {
        let reply = site.handler.respond(to: request)
        guard case .later(let pending) = reply.content else { throw SiteFault.notReadable }
        let replies = Recorder<APIReply>()
        return (pending.start { replies.append($0) }, replies)
    }

    @Test("a create whose job nobody runs is answered 202 with the job after 25 s")
    func deadline() throws {
        let clock = ManualClock()
        let site = try APISite(clock: clock)
        let seed = try SeedData(site)
        let (_, replies) = try start(site, site.request("POST", "/api/campaign", seed.spec()))
        try clock.wait(forDeadline: clock.now + .seconds(25))
        #expect(replies.elements.isEmpty)
        clock.advance(by: .seconds(25))
        let reply = try replies.wait(forCount: 1)[0]
        #expect(reply.status == 202)
        guard case .bytes(let bytes) = reply.content else { throw SiteFault.notReadable }
        let json = try JSONValue(parsing: bytes)
        #expect(json["result"] == "pending")
        #expect(json["job"]?["kind"] == "create")
        #expect(json["campaignId"]?.text?.count == 24)
    }

    @Test("without a daemon nothing is waited for")
    func offline() throws {
        let site = try APISite(hasDaemon: false)
        let seed = try SeedData(site)
        let created = try site.call("POST", "/api/campaign", seed.spec())
        #expect(created.status == 202)
        let id = try #require(created.json["campaignId"]?.text)
        let waited = try site.call("GET", "/api/campaign/\(id)/wait?timeout=60")
        #expect(waited.status == 202)
        #expect(waited.json["done"] == false)
        #expect(try site.call("GET", "/api/status").json["daemon"] == false)
    }

    @Test("a paused kind is told at once, and while waiting")
    func pausedKind() throws {
        let site = try APISite(clock: ManualClock())
        let seed = try SeedData(site)
        let job = try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec())}"#)
        let id = try #require(job.json["campaignId"]?.text)
        let (_, replies) = try start(site, site.request("GET", "/api/campaign/\(id)/wait"))
        #expect(try site.call("PUT", "/api/kinds/create/pause").status == 200)
        let reply = try replies.wait(forCount: 1)[0]
        #expect(reply.status == 200)
        let waited = try site.call("GET", "/api/campaign/\(id)/wait")
        #expect(waited.json["done"] == true)
        #expect(waited.json["ok"] == false)
        #expect(waited.json["reason"]?.text?.contains("paused") == true)
        #expect(try site.call("POST", "/api/campaign", seed.spec()).status == 202)
        #expect(try site.call("GET", "/api/status").json["pausedKinds"] == ["create"])
    }

    @Test("a cancelled wait is never answered")
    func cancel() throws {
        let clock = ManualClock()
        let site = try APISite(clock: clock)
        let seed = try SeedData(site)
        let (wait, replies) = try start(site, site.request("POST", "/api/campaign", seed.spec()))
        wait.cancel()
        wait.cancel()
        clock.advance(by: .seconds(60))
        #expect(replies.elements.isEmpty)
    }

    @Test("a wait ends when its campaign is cancelled")
    func cancelledCampaign() throws {
        let site = try APISite(clock: ManualClock())
        let seed = try SeedData(site)
        let job = try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec())}"#)
        let (id, campaign) = (job.json["id"]?.integer ?? 0, job.json["campaignId"]?.text ?? "")
        let (_, replies) = try start(site, site.request("GET", "/api/jobs/\(id)/wait?timeout=60"))
        _ = try site.call("PUT", "/api/campaign/\(campaign)/cancel")
        guard case .bytes(let bytes) = try replies.wait(forCount: 1)[0].content else {
            throw SiteFault.notReadable
        }
        let json = try JSONValue(parsing: bytes)
        #expect(json["done"] == true)
        #expect(json["ok"] == false)
        #expect(json["status"] == "CANCELLED")
        #expect(try site.call("GET", "/api/jobs/\(id)/wait?timeout=61").status == 400)
        #expect(try site.call("GET", "/api/jobs/999/wait").status == 404)
    }

    @Test("events tell each change, to a user those of his campaigns only")
    func events() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        func watch(_ caller: Caller) throws -> (EventSubscription, Recorder<StoreEvent>, EventFeed)
        {
            let reply = site.handler.respond(to: site.request("GET", "/api/events", as: caller))
            guard case .events(let feed) = reply.content else { throw SiteFault.notReadable }
            let events = Recorder<StoreEvent>()
            return (feed.subscribe { events.append($0) }, events, feed)
        }
        let everything = try watch(.operator)
        let own = try watch(.user("u"))
        let job = try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec())}"#)
        let id = try #require(job.json["campaignId"]?.text)
        _ = try site.call("PUT", "/api/campaign/\(id)/cancel")
        let cancelled = StoreEvent.campaign(id: id, status: "CANCELLED")
        try everything.1.wait(for: "the event") { $0.contains(cancelled) }
        let text = everything.2.render(cancelled).map { String(decoding: $0, as: UTF8.self) }
        #expect(
            text == "event: campaign\ndata: {\"campaignId\":\"\(id)\",\"status\":\"CANCELLED\"}\n\n"
        )
        try own.1.wait(for: "the event") { $0.contains(cancelled) }
        #expect(own.2.render(cancelled) == nil)
    }
}
