import APITypes
import Testing

/// The calls of the seed, as written there.
@Suite("the seed's calls", .timeLimit(.minutes(10)))
struct SeedTests {
    @Test("create, get, build and send answer in the seed's shapes, with 5 PENDING in between")
    func lifecycle() throws {
        let site = try APISite()
        try site.startWorking()
        let seed = try SeedData(site)

        let created = try site.call("POST", "/api/campaign", seed.spec())
        #expect(created.status == 200)
        #expect(created.json["result"] == "success")
        #expect(created.json.names == ["result", "campaignId"])
        let id = try #require(created.json["campaignId"]?.text)

        let built = try site.call("PUT", "/api/campaign/\(id)/build")
        #expect(built.text == #"{"result":"success"}"#)

        let page = try site.call("GET", "/api/campaign?page=1&limit=10")
        #expect(page.json.names == ["result", "meta"])
        #expect(page.json["meta"] == ["count": 1, "page": 1, "limit": 10])
        let campaign = try #require(page.json["result"]?.elements.first)
        #expect(
            campaign.names == [
                "campaignId", "name", "channel", "status", "settings", "contactListId",
                "changeLog", "createdAt", "stats",
            ]
        )
        #expect(campaign["status"] == "BUILD")
        #expect(
            campaign["contactListId"]?.elements.map { $0["name"]?.text } == [
                "email-3", "sms-1", "Voice-1",
            ]
        )
        #expect(
            campaign["changeLog"]?.elements.map { $0["status"]?.text } == ["DRAFT", "BUILD"]
        )
        #expect(campaign["changeLog"]?.elements.allSatisfy { $0["updateAt"] != nil } == true)
        #expect(
            campaign["stats"]?["result"] == [["_id": ["status": "PENDING"], "count": 5]]
        )
        #expect(
            campaign["stats"]?["initContacts"]?.elements.map { $0["contacts"]?.integer } == [
                3, 1, 1,
            ]
        )
        #expect(campaign["settings"]?["sms"]?["shortCode"] == "9498671145")

        let sent = try site.call("PUT", "/api/campaign/\(id)/send")
        #expect(sent.status == 200)
        #expect(
            sent.json == [
                "result": "success", "response": "Successfully processed messages.",
            ]
        )
        let done = try site.call("GET", "/api/campaign/\(id)/wait?timeout=20")
        #expect(done.json["ok"] == true)
        let shown = try site.call("GET", "/api/campaign/\(id)")
        #expect(shown.json["messages"] == ["sent": 5])
        #expect(shown.json["excluded"] == [:])
        #expect(shown.json["deliveredToFiles"] == true)
        #expect(shown.json["job"]?["kind"] == "send")
    }

    @Test("an id in the body updates the DRAFT, and nothing but a DRAFT")
    func update() throws {
        let site = try APISite()
        try site.startWorking()
        let seed = try SeedData(site)
        let id = try #require(
            try site.call("POST", "/api/campaign", seed.spec()).json["campaignId"]?.text
        )

        let updated = try site.call(
            "POST",
            "/api/campaign",
            seed.spec(name: "Renamed", campaignID: #""\#(id)""#)
        )
        #expect(updated.json["campaignId"]?.text == id)
        #expect(try site.call("GET", "/api/campaign/\(id)").json["name"] == "Renamed")

        _ = try site.call("PUT", "/api/campaign/\(id)/build")
        let refused = try site.call(
            "POST",
            "/api/campaign",
            seed.spec(name: "Late", campaignID: #""\#(id)""#)
        )
        #expect(refused.status == 409)
        #expect(refused.json["result"] == "error")
    }

    @Test("a call out of order is a conflict that names the next call")
    func order() throws {
        let site = try APISite()
        try site.startWorking()
        let seed = try SeedData(site)
        let id = try #require(
            try site.call("POST", "/api/campaign", seed.spec()).json["campaignId"]?.text
        )

        let early = try site.call("PUT", "/api/campaign/\(id)/send")
        #expect(early.status == 409)
        #expect(early.json["next"]?.text == "PUT /api/campaign/\(id)/build")
        _ = try site.call("PUT", "/api/campaign/\(id)/build")
        let again = try site.call("PUT", "/api/campaign/\(id)/build")
        #expect(again.status == 409)
        #expect(again.json["next"]?.text == "PUT /api/campaign/\(id)/send")
    }

    @Test("a template or list that is not there is unprocessable, by the name of its field")
    func unknownIDs() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let missing = String(repeating: "a", count: 24)
        let spec = seed.spec().replacing(seed.sms, with: missing)
            .replacing(seed.lists[1], with: String(repeating: "b", count: 24))
        let answer = try site.call("POST", "/api/campaign", spec)
        #expect(answer.status == 422)
        #expect(answer.faults.count == 2)
        #expect(answer.faults.contains { $0.hasPrefix("settings.sms.templateId:") })
        #expect(answer.faults.contains { $0.hasPrefix("contactListId[1]:") })
    }

    @Test("a campaign for nobody fails to build, and the answer says why")
    func emptyAudience() throws {
        let site = try APISite()
        try site.startWorking()
        let seed = try SeedData(site)
        let phones = try site.call("POST", "/api/lists/import?name=phones", "phone\n+19498671145\n")
        let list = try #require(phones.json["contactListId"]?.text)
        let spec = #"""
            {"name":"n","channel":["email"],"contactListId":["\#(list)"],
            "settings":{"email":{"fromEmail":"a@x.org","templateId":"\#(seed.email)"}}}
            """#
        let created = try site.call("POST", "/api/campaign", spec)
        let id = try #require(created.json["campaignId"]?.text, "\(created.text)")
        let built = try site.call("PUT", "/api/campaign/\(id)/build")
        #expect(built.status == 422)
        #expect(built.json["detail"]?.text?.isEmpty == false)
        #expect(try site.call("GET", "/api/campaign/\(id)").json["status"] == "FAILED")
    }

    @Test("filters by status, channel and date narrow the page; bad ones are named")
    func filters() throws {
        let site = try APISite()
        try site.startWorking()
        let seed = try SeedData(site)
        for name in ["one", "two"] {
            _ = try site.call("POST", "/api/campaign", seed.spec(name: name))
        }
        func count(_ query: String) throws -> Int64? {
            try site.call("GET", "/api/campaign?\(query)").json["meta"]?["count"]?.integer
        }
        #expect(try count("status=DRAFT") == 2)
        #expect(try count("status=SENT") == 0)
        #expect(try count("channel=voice") == 2)
        #expect(try count("from=2001-01-01&to=2001-01-02") == 0)
        #expect(try count("from=2001-01-01") == 2)
        let newest = try site.call("GET", "/api/campaign?limit=1")
        #expect(newest.json["result"]?.elements.map { $0["name"]?.text } == ["two"])

        let bad = try site.call("GET", "/api/campaign?page=0&limit=x&status=DONE&from=May&colour=1")
        #expect(bad.status == 400)
        #expect(
            bad.faults.map { $0.prefix { $0 != ":" } }.sorted() == [
                "colour", "from", "limit", "page", "status",
            ]
        )
    }
}
