import APITypes
import Campaigns
import Testing

@testable import CampaignAPI

/// What users see and may do.
@Suite("callers", .timeLimit(.minutes(10)))
struct CallerTests {
    @Test("a user's campaigns are his own; the operator sees all")
    func ownership() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let (ann, bob) = (Caller.user("ann"), Caller.user("bob"))
        let job = try site.call("POST", "/api/jobs", #"{"spec":\#(seed.spec())}"#, as: ann)
        let (id, campaign) = (job.json["id"]?.integer ?? 0, job.json["campaignId"]?.text ?? "")
        for target in [
            "GET /api/campaign/\(campaign)", "GET /api/campaign/\(campaign)/messages",
            "GET /api/campaign/\(campaign)/wait", "PUT /api/campaign/\(campaign)/build",
            "PUT /api/campaign/\(campaign)/send", "PUT /api/campaign/\(campaign)/pause",
            "PUT /api/campaign/\(campaign)/resume", "PUT /api/campaign/\(campaign)/cancel",
            "GET /api/jobs/\(id)", "GET /api/jobs/\(id)/wait",
        ] {
            let parts = target.split(separator: " ").map(String.init)
            #expect(try site.call(parts[0], parts[1], as: bob).status == 404, "\(target)")
        }
        let update = seed.spec(name: "Bob's", campaignID: #""\#(campaign)""#)
        #expect(try site.call("POST", "/api/campaign", update, as: bob).status == 404)
        let cancel = try site.call("POST", "/api/jobs/cancel", #"{"ids":[\#(id)]}"#, as: bob)
        #expect(cancel.json["changed"] == 0)
        let all = try site.call(
            "POST",
            "/api/jobs/cancel",
            #"{"states":["available"]}"#,
            as: bob
        )
        #expect(all.json["matched"] == 0)
        #expect(try site.call("GET", "/api/campaign", as: bob).json["meta"]?["count"] == 0)
        #expect(try site.call("GET", "/api/jobs", as: bob).json == [])
        #expect(try site.call("GET", "/api/campaign", as: ann).json["meta"]?["count"] == 1)
        #expect(try site.call("GET", "/api/campaign").json["meta"]?["count"] == 1)
    }

    @Test("no route shows or changes what is another user's")
    func everyRoute() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let job = try site.call(
            "POST",
            "/api/jobs",
            #"{"spec":\#(seed.spec())}"#,
            as: .user("ann")
        )
        let (id, campaign) = (job.json["id"]?.integer ?? 0, job.json["campaignId"]?.text ?? "")
        func state() throws -> [JSONValue] {
            try ["/api/campaign/\(campaign)", "/api/jobs/\(id)"].map { target in
                try site.call("GET", target).json
            }
        }
        let before = try state()
        var count = 0
        for route in RouteTable.all.routes {
            let path = route.path.text
            let value = path.hasPrefix("/api/campaign/") ? campaign : "\(id)"
            guard path.hasPrefix("/api/campaign/{id}") || path.hasPrefix("/api/jobs/{id}") else {
                continue
            }
            let answer = try site.call(
                route.method.rawValue,
                path.replacing("{id}", with: value),
                route.body == nil ? nil : #"{"as":"sent"}"#,
                as: .user("bob")
            )
            // A body is read before anything is looked up.
            let refusals = route.body == nil ? [403, 404] : [400, 403, 404]
            #expect(refusals.contains(answer.status), "\(route.operation): \(answer.text)")
            #expect(!answer.text.contains("Campaign Template"), "\(route.operation)")
            count += 1
        }
        #expect(count >= 10)
        #expect(try state() == before)
    }

    @Test("what concerns everybody's work is the operator's")
    func operatorOnly() throws {
        let site = try APISite()
        for target in [
            "GET /api/status", "GET /api/jobs/failed", "PUT /api/kinds/send/pause",
            "PUT /api/kinds/send/resume",
        ] {
            let parts = target.split(separator: " ").map(String.init)
            #expect(try site.call(parts[0], parts[1], as: .user("u")).status == 403)
            #expect(try site.call(parts[0], parts[1]).status == 200)
        }
    }
}
