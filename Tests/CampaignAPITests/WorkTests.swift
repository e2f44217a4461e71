import APITypes
import CampaignAPI
import Campaigns
import JobQueue
import TestSupport
import Testing

/// Jobs and messages, listed and steered.
@Suite("jobs and messages", .timeLimit(.minutes(10)))
struct WorkTests {
    private let lines = [(name: "accept", value: "application/x-ndjson")]

    @Test("messages are listed in order, filtered, and paged by their ids")
    func messages() throws {
        let site = try APISite()
        try site.startWorking()
        let seed = try SeedData(site)
        let job = try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec())}"#)
        let id = try #require(job.json["campaignId"]?.text)
        #expect(try site.call("GET", "/api/campaign/\(id)/wait").json["ok"] == true)

        let path = "/api/campaign/\(id)/messages"
        let all = try site.call("GET", path, headers: lines).lines
        #expect(all.count == 5)
        #expect(all.allSatisfy { $0["state"] == "sent" && $0["attempts"] == 1 })
        let emails = try site.call("GET", "\(path)?channel=email&limit=2")
        #expect(emails.json.elements.map { $0["recipient"]?.text } == ["a@x.org", "b@x.org"])
        #expect(emails.json.elements.allSatisfy { $0["messageId"]?.text?.contains("@") == true })
        let link = try #require(emails.header("link"))
        let rest = try site.call("GET", String(link.dropFirst().prefix { $0 != ">" }))
        #expect(rest.json.elements.map { $0["recipient"]?.text } == ["c@x.org"])
        #expect(try site.call("GET", "\(path)?state=failed").json == [])
        #expect(try site.call("GET", "\(path)?state=gone").status == 400)

        let resolve = try site.call(
            "POST",
            "/api/messages/resolve",
            #"{"campaignId":"\#(id)","as":"sent"}"#
        )
        #expect(resolve.json["matched"] == 0)
        let first = try #require(all.first?["id"]?.integer)
        let refused = try site.call("POST", "/api/messages/retry", #"{"ids":[\#(first),1]}"#)
        #expect(refused.json["matched"] == 2)
        #expect(refused.json["changed"] == 0)
        #expect(refused.json["refused"]?.elements.count == 2)
    }

    @Test("jobs are listed newest first, filtered by state, kind and campaign")
    func jobs() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let ids = try ["a", "b", "c"].map { name in
            try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec(name: name))}"#)
        }.map { ($0.json["id"]?.integer, $0.json["campaignId"]?.text) }
        let all = try site.call("GET", "/api/jobs?state=available,held&kind=create")
        #expect(all.json.elements.map { $0["id"]?.integer } == ids.map(\.0).reversed())
        let campaign = try #require(ids[1].1)
        let one = try site.call("GET", "/api/jobs?campaign=\(campaign)")
        #expect(one.json.elements.map { $0["id"]?.integer } == [ids[1].0])
        #expect(try site.call("GET", "/api/jobs?state=done").status == 400)
        #expect(
            try site.call("GET", "/api/jobs?limit=1&before=\(ids[1].0 ?? 0)").json.elements
                .map { $0["id"]?.integer } == [ids[0].0]
        )
        #expect(try site.call("GET", "/api/jobs", headers: lines).lines.count == 3)
    }

    @Test("an action takes ids or conditions, does what it may, and says what it may not")
    func actions() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let jobs = try (1...3).map { _ in
            try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec())}"#).json
        }
        let ids = jobs.compactMap { $0["id"]?.integer }
        let dry = try site.call(
            "POST",
            "/api/jobs/cancel",
            #"{"states":["available"],"dryRun":true}"#
        )
        #expect(dry.json == ["matched": 3, "changed": 0, "refused": [], "dryRun": true])
        let one = try site.call("POST", "/api/jobs/cancel", #"{"ids":[\#(ids[0]),99]}"#)
        #expect(one.json["changed"] == 1)
        #expect(one.json["refused"]?.elements.map { $0["id"] } == [99])
        let campaign = try #require(jobs[0]["campaignId"]?.text)
        #expect(try site.call("GET", "/api/campaign/\(campaign)").json["status"] == "CANCELLED")

        let rest = try site.call("POST", "/api/jobs/discard", #"{"states":["available"]}"#)
        #expect(rest.json["changed"] == 2)
        let groups = try site.call("GET", "/api/jobs/failed")
        #expect(groups.json.elements.map { $0["count"] } == [2])
        #expect(groups.json.elements.first?["whatToDo"]?.text?.contains("retry") == true)
        let retried = try site.call(
            "POST",
            "/api/jobs/retry",
            #"{"states":["discarded"],"kind":"create"}"#
        )
        #expect(retried.json["changed"] == 2)
        for body in ["{}", #"{"ids":[1],"states":["held"]}"#, #"{"ids":[]}"#, #"{"ids":["x"]}"#] {
            #expect(try site.call("POST", "/api/jobs/retry", body).status == 400)
        }
    }

    @Test("one job is shown with its history, and resolved only when it is in doubt")
    func oneJob() throws {
        let site = try APISite()
        try site.startWorking()
        let seed = try SeedData(site)
        let job = try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec()),"until":"create"}"#)
        let id = try #require(job.json["id"]?.integer)
        #expect(try site.call("GET", "/api/jobs/\(id)/wait").json["ok"] == true)
        let shown = try site.call("GET", "/api/jobs/\(id)")
        #expect(shown.json["state"] == "completed")
        #expect(shown.json["attempts"]?.elements.map { $0["outcome"] } == ["completed"])
        let refused = try site.call("POST", "/api/jobs/\(id)/resolve", #"{"as":"sent"}"#)
        #expect(refused.status == 409)
        #expect(try site.call("POST", "/api/jobs/999/resolve", #"{"as":"sent"}"#).status == 404)
        #expect(try site.call("GET", "/api/jobs/999").status == 404)
        #expect(try site.call("GET", "/api/jobs/x").status == 400)
    }

    @Test("a campaign's rate is set, shown and taken away, and must be a number above zero")
    func rate() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let job = try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec())}"#)
        let id = try #require(job.json["campaignId"]?.text)
        let path = "/api/campaign/\(id)"
        #expect(try site.call("GET", path).json["ratePerSecond"] == nil)
        let reply = try site.call("PUT", "\(path)/rate", #"{"ratePerSecond":0.5}"#)
        #expect(reply.json["result"] == "success" && reply.json["status"] == "DRAFT")
        #expect(try site.call("GET", path).json["ratePerSecond"] == .number(0.5))
        for rate in ["0", "-1", #""5""#, "true"] {
            let refused = try site.call("PUT", "\(path)/rate", #"{"ratePerSecond":\#(rate)}"#)
            #expect(refused.status == 400)
        }
        #expect(try site.call("PUT", "\(path)/rate", #"{"ratePerSecond":null}"#).status == 200)
        #expect(try site.call("GET", path).json["ratePerSecond"] == nil)
    }

    @Test("pause, resume and cancel answer with the status, and refuse what does not fit")
    func steering() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let id = try #require(
            try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec())}"#)
                .json["campaignId"]?.text
        )
        #expect(try site.call("PUT", "/api/campaign/\(id)/pause").json["result"] == "success")
        let held = try site.call("GET", "/api/jobs?campaign=\(id)").json.elements
        #expect(held.first?["holdReason"] == "paused")
        #expect(try site.call("PUT", "/api/campaign/\(id)/resume").status == 200)
        let cancelled = try site.call("PUT", "/api/campaign/\(id)/cancel")
        #expect(cancelled.json == ["result": "success", "status": "CANCELLED"])
        #expect(try site.call("PUT", "/api/campaign/\(id)/resume").status == 409)
        #expect(
            try site.call("PUT", "/api/campaign/xyz/pause").faults == [
                "id: must be 24 hexadecimal digits"
            ]
        )
    }
}
