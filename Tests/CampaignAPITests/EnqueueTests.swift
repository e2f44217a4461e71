import APITypes
import CampaignAPI
import Campaigns
import JobQueue
import TestSupport
import Testing

/// New work through `/api/jobs`.
@Suite("enqueue", .timeLimit(.minutes(10)))
struct EnqueueTests {
    @Test("a job document comes back, with how far it is to go")
    func enqueue() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let answer = try site.call(
            "POST",
            "/api/jobs",
            #"{"spec":\#(seed.spec()),"until":"build","priority":2}"#
        )
        #expect(answer.status == 201)
        #expect(answer.json["kind"] == "create")
        #expect(answer.json["state"] == "available")
        #expect(answer.json["until"] == "build")
        #expect(answer.json["priority"] == 2)
        #expect(answer.json["replayed"] == false)
        #expect(answer.json["campaignId"]?.text?.count == 24)
    }

    @Test("in counts from now, at is a date, and a date that has passed is refused")
    func schedule() throws {
        let clock = ManualClock()
        let site = try APISite(clock: clock)
        let seed = try SeedData(site)
        let delayed = try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec()),"in":"10m"}"#)
        let id = try #require(delayed.json["campaignId"]?.text, "\(delayed.text)")
        let shown = try site.call("GET", "/api/campaign/\(id)")
        #expect(shown.json["sendAt"]?.text == "\(clock.wall + .seconds(600))")

        let past = try site.call(
            "POST",
            "/api/jobs",
            #"{"spec":\#(seed.spec()),"at":"2001-02-03T04:05:06Z"}"#
        )
        #expect(past.status == 422)
        #expect(past.faults.map { $0.prefix { $0 != ":" } } == ["at"])
        let both = try site.call(
            "POST",
            "/api/jobs",
            #"{"spec":\#(seed.spec()),"at":"2101-01-01","in":"5","priority":10,"maxAttempts":0}"#
        )
        #expect(both.status == 400)
        #expect(
            Set(both.faults.map { $0.prefix { $0 != ":" } }) == [
                "in", "priority", "maxAttempts",
            ]
        )
    }

    @Test("the next step of a campaign is enqueued by its id")
    func step() throws {
        let site = try APISite()
        try site.startWorking()
        let seed = try SeedData(site)
        let id = try #require(
            try site.call("POST", "/api/campaign", seed.spec()).json["campaignId"]?.text
        )
        let job = try site.call("POST", "/api/jobs", #"{"campaignId":"\#(id)","kind":"build"}"#)
        #expect(job.status == 201)
        #expect(job.json["kind"] == "build")
        #expect(try site.call("GET", "/api/campaign/\(id)/wait").json["ok"] == true)
        let wrong = try site.call("POST", "/api/jobs", #"{"campaignId":"\#(id)","kind":"create"}"#)
        #expect(wrong.faults == ["kind: must be build or send, not \"create\""])
    }

    @Test("a rate stands with the campaign from the first moment, and a draft keeps it")
    func rate() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        func rate(of id: String) throws -> JSONValue? {
            try site.call("GET", "/api/campaign/\(id)").json["ratePerSecond"]
        }
        let job = try site.call(
            "POST",
            "/api/jobs",
            #"{"spec":\#(seed.spec()),"ratePerSecond":0.5}"#
        )
        let id = try #require(job.json["campaignId"]?.text, "\(job.text)")
        #expect(try rate(of: id) == .number(0.5))
        let lines = #"{"spec":\#(seed.line()),"ratePerSecond":7}"# + "\n" + seed.line()
        let bulk = try site.call("POST", "/api/jobs/bulk", lines)
        #expect(bulk.status == 201, "\(bulk.text)")
        let jobs = bulk.json["jobs"]?.elements.compactMap(\.integer) ?? []
        let rates = try jobs.map { job in
            try rate(of: site.call("GET", "/api/jobs/\(job)").json["campaignId"]?.text ?? "")
        }
        #expect(rates == [.number(7), nil], "\(bulk.text)")
    }

    @Test("a rate that is none, and one for a next step, are refused")
    func wrongRate() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        for rate in ["0", "-1", #""fast""#, "2000000"] {
            let body = #"{"spec":\#(seed.spec()),"ratePerSecond":\#(rate)}"#
            let answer = try site.call("POST", "/api/jobs", body)
            #expect(answer.status == 400)
            #expect(answer.faults.map { $0.prefix { $0 != ":" } } == ["ratePerSecond"])
        }
        let id = String(repeating: "a", count: 24)
        let step = try site.call(
            "POST",
            "/api/jobs",
            #"{"campaignId":"\#(id)","kind":"send","ratePerSecond":1}"#
        )
        #expect(step.faults.first?.contains("PUT /api/campaign/\(id)/rate") == true)
    }

    @Test("faults in a spec bear its path")
    func paths() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let malformed = try site.call("POST", "/api/jobs", #"{"spec":{"name":""},"untill":"send"}"#)
        #expect(malformed.faults.contains("spec.name: is empty"))
        #expect(malformed.faults.contains { $0.hasPrefix("untill:") })
        let missing = seed.spec().replacing(seed.email, with: String(repeating: "a", count: 24))
        let unknown = try site.call("POST", "/api/jobs", #"{"spec":\#(missing)}"#)
        #expect(unknown.status == 422)
        #expect(
            unknown.faults.map { String($0.prefix { $0 != ":" }) } == [
                "spec.settings.email.templateId"
            ]
        )
    }
}

/// Repeats of a write under the same key.
@Suite("idempotency keys", .timeLimit(.minutes(10)))
struct IdempotencyTests {
    private func key(_ key: String) -> [(name: String, value: String)] {
        [(name: "idempotency-key", value: key)]
    }

    @Test("a repeat of an enqueue gets the first job, even after its date has passed")
    func replay() throws {
        let clock = ManualClock()
        let site = try APISite(clock: clock)
        let seed = try SeedData(site)
        let body = #"{"spec":\#(seed.spec()),"at":"\#(clock.wall + .seconds(60))"}"#
        let first = try site.call("POST", "/api/jobs", body, headers: key("k1"))
        #expect(first.status == 201)
        clock.advance(by: .seconds(3_600))
        let spaced = body.replacing(":", with: " : ").replacing(" : /", with: ":/")
        let again = try site.call("POST", "/api/jobs", body + "  ", headers: key("k1"))
        #expect(spaced != body)
        #expect(again.status == 200)
        #expect(again.json["id"] == first.json["id"])
        #expect(again.json["replayed"] == true)
        #expect(
            try site.service.campaigns(
                matching: CampaignFilter(),
                page: 1,
                limit: 10,
                as: .operator
            ).total == 1
        )
    }

    @Test("another request under the same key is refused, another user's key is another key")
    func conflict() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let body = #"{"spec":\#(seed.spec())}"#
        _ = try site.call("POST", "/api/jobs", body, headers: key("k"))
        let other = try site.call(
            "POST",
            "/api/jobs",
            #"{"spec":\#(seed.spec(name: "Other"))}"#,
            headers: key("k")
        )
        #expect(other.status == 422)
        #expect(other.json["type"] == "urn:campaignd:idempotency-key-reused")
        let user = try site.call(
            "POST",
            "/api/jobs",
            body,
            as: .user("u"),
            headers: key("k")
        )
        #expect(user.status == 201)
        let bad = try site.call("POST", "/api/jobs", body, headers: key("a b"))
        #expect(bad.status == 400)
    }

    @Test("a write that makes no job answers a repeat as before, and does nothing twice")
    func keptAnswer() throws {
        let site = try APISite()
        let put = #"{"name":"n","channel":"sms","text":"hi"}"#
        let first = try site.call("POST", "/api/templates", put, headers: key("t"))
        let again = try site.call("POST", "/api/templates", put, headers: key("t"))
        #expect(again.status == first.status)
        #expect(again.bytes == first.bytes)
        #expect(again.header("idempotency-replayed") == "true")
        #expect(try site.call("GET", "/api/templates").json.elements.count == 1)
        let other = try site.call(
            "POST",
            "/api/templates",
            put.replacing("hi", with: "ho"),
            headers: key("t")
        )
        #expect(other.status == 422)
        let elsewhere = try site.call("PUT", "/api/kinds/send/pause", headers: key("t"))
        #expect(elsewhere.status == 422)
    }

    @Test("a refused write leaves its key free")
    func refused() throws {
        let site = try APISite()
        let bad = try site.call("POST", "/api/templates", "{}", headers: key("t"))
        #expect(bad.status == 400)
        let good = try site.call(
            "POST",
            "/api/templates",
            #"{"name":"n","channel":"sms","text":"hi"}"#,
            headers: key("t")
        )
        #expect(good.status == 201)
    }

    @Test("an upload under a key is told by its bytes")
    func upload() throws {
        let site = try APISite()
        let csv = "email\na@x.org\n"
        let first = try site.call("POST", "/api/lists/import?name=l", csv, headers: key("u"))
        let again = try site.call("POST", "/api/lists/import?name=l", csv, headers: key("u"))
        #expect(first.status == 201)
        #expect(again.json == first.json)
        #expect(try site.call("GET", "/api/lists").json.elements.count == 1)
        let other = try site.call(
            "POST",
            "/api/lists/import?name=l",
            csv + "b@x.org\n",
            headers: key("u")
        )
        #expect(other.status == 422)
    }

    @Test("the seed's create is repeated without a second campaign")
    func seedReplay() throws {
        let site = try APISite()
        try site.startWorking()
        let seed = try SeedData(site)
        let first = try site.call("POST", "/api/campaign", seed.spec(), headers: key("c"))
        let again = try site.call("POST", "/api/campaign", seed.spec(), headers: key("c"))
        #expect(first.status == 200)
        #expect(again.json == first.json)
        #expect(try site.call("GET", "/api/campaign").json["meta"]?["count"] == 1)
    }
}
