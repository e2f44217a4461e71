import APITypes
import Campaigns
import Testing

@Suite("previews and reports", .timeLimit(.minutes(10)))
struct PreviewTests {
    private let site: APISite

    init() throws {
        site = try APISite(publicURL: "https://mail.example.org")
    }

    /// Stores a template, a list and a campaign of one channel; returns the campaign's id.
    private func campaign(
        _ channel: String,
        template: String,
        sender: String,
        csv: String
    ) throws -> String {
        let stored = try site.call(
            "POST",
            "/api/templates",
            #"{"name":"t","channel":"\#(channel)",\#(template)}"#
        )
        let templateID = try #require(stored.json["templateId"]?.text, "\(stored.text)")
        let list = try site.call("POST", "/api/lists/import?name=l", csv)
        let listID = try #require(list.json["contactListId"]?.text)
        let answer = try site.call(
            "POST",
            "/api/campaign",
            #"{"name":"c","channel":["\#(channel)"],"contactListId":["\#(listID)"],"settings":"#
                + #"{"\#(channel)":{\#(sender),"templateId":"\#(templateID)"}}}"#
        )
        return try #require(answer.json["campaignId"]?.text, "\(answer.text)")
    }

    @Test("before the build it shows what a build would make, after it what was built")
    func email() throws {
        try site.startWorking()
        let id = try campaign(
            "email",
            template: #""subject":"Hi {{name}}","text":"Dear {{name}}: {{unsubscribeURL}}""#,
            sender: #""fromEmail":"News <news@shop.example>""#,
            csv: "email,name\nann@x.org,Ann\nBo@x.org,Bo\ncid@x.org,\n,\n"
        )
        let draft = try site.call("GET", "/api/campaign/\(id)/preview?contact=BO@x.org").json
        #expect(draft["recipient"] == "Bo@x.org")
        #expect(draft["subject"] == "Hi Bo")
        #expect(draft["id"] == nil)
        let link = try #require(draft["unsubscribeURL"]?.text)
        #expect(link.hasPrefix("https://mail.example.org/u/"))
        #expect(draft["text"]?.text == "Dear Bo: \(link)")

        #expect(try site.call("PUT", "/api/campaign/\(id)/build").status == 200)
        // What is built stays, whatever becomes of the contact.
        let first = try site.call("GET", "/api/campaign/\(id)/preview").json
        #expect(first["recipient"] == "Bo@x.org" || first["recipient"] == "ann@x.org")
        let built = try site.call("GET", "/api/campaign/\(id)/preview?contact=bo@x.org").json
        #expect(built["subject"] == "Hi Bo")
        #expect(built["id"]?.integer != nil)
        let left = try site.call("GET", "/api/campaign/\(id)/preview?contact=cid@x.org").json
        #expect(left["exclusion"] == "render-error")
        #expect(left["note"]?.text?.contains("no value for name") == true)
        #expect(left["text"] == nil)
    }

    @Test("a contact that is not there, a channel that is not used, a bad address: each is told")
    func faults() throws {
        try site.startWorking()
        let id = try campaign(
            "email",
            template: #""subject":"s","text":"t""#,
            sender: #""fromEmail":"news@shop.example""#,
            csv: "email\nann@x.org\n"
        )
        let path = "/api/campaign/\(id)/preview"
        #expect(try site.call("GET", "\(path)?contact=zoe@x.org").status == 404)
        #expect(try site.call("GET", "\(path)?channel=sms").status == 422)
        #expect(
            try site.call("GET", "\(path)?contact=zoe").faults.first?.hasPrefix("contact") == true
        )
        #expect(try site.call("GET", path, as: .user("other")).status == 404)
    }

    @Test("a report counts who is left out, parts, and the character that makes an SMS dear")
    func report() throws {
        try site.startWorking()
        let text = String(repeating: "a", count: 100)
        let id = try campaign(
            "sms",
            template: #""text":"\#(text) {{name}} {{city}}""#,
            sender: #""shortCode":"12345""#,
            csv: """
                phone,name,city
                +19498671145,Ann,Rome
                +19498671146,O’Hara,Rome
                +19498671147,D’Arcy,Rome
                +19498671148,Eve,
                +19498671145,Ann,Rome

                """
        )
        #expect(try site.call("PUT", "/api/campaign/\(id)/build").status == 200)
        let report = try site.call("GET", "/api/campaign/\(id)/report").json
        let channel = try #require(report["channels"]?.elements.first)
        #expect(channel["built"] == 3)
        #expect(channel["excluded"]?["render-error"] == 1)
        #expect(channel["missingVariables"]?.elements.first?["name"] == "city")
        #expect(channel["missingVariables"]?.elements.first?["count"] == 1)
        let sms = try #require(channel["sms"])
        #expect(sms["parts"] == 5)
        #expect(sms["messagesByParts"] == ["1": 1, "2": 2])
        let stray = try #require(sms["strayCharacters"]?.elements.first)
        #expect(stray["character"] == "’")
        #expect(stray["codePoint"] == "U+2019")
        #expect(stray["messages"] == 2)
        #expect(stray["extraParts"] == 2)
        let lint = channel["lint"]?.elements ?? []
        #expect(lint.map { $0["rule"] } == ["stop-word"])
        #expect(lint.first?["ok"] == false)
    }

    @Test("the rules for senders are told, kept or not, with what to do")
    func lint() throws {
        try site.startWorking()
        let good = try campaign(
            "email",
            template: #""subject":"s","text":"t {{unsubscribeURL}}""#,
            sender: #""fromEmail":"news@shop-of-ann.org""#,
            csv: "email\nann@x.org\n"
        )
        let bad = try campaign(
            "email",
            template:
                #""subject":"s","text":"t","html":"<p>\#(String(repeating: "x", count: 99))""#,
            sender: #""fromEmail":"ann@gmail.com""#,
            csv: "email\nann@x.org\n"
        )
        func rules(_ id: String) throws -> [String: Bool] {
            let report = try site.call("GET", "/api/campaign/\(id)/report").json
            let lint = report["channels"]?.elements.first?["lint"]?.elements ?? []
            return Dictionary(
                uniqueKeysWithValues: lint.map { ($0["rule"]?.text ?? "", $0["ok"] == true) }
            )
        }
        #expect(
            try rules(good) == [
                "one-click-headers": true, "visible-link": true, "from-domain": true,
                "text-part": true,
            ]
        )
        #expect(
            try rules(bad) == [
                "one-click-headers": true, "visible-link": false, "from-domain": false,
                "text-part": false,
            ]
        )
    }
}

extension PreviewTests {
    @Test("a test goes to the address given, as a campaign of its own that says whose test it is")
    func testSend() throws {
        try site.startWorking()
        let id = try campaign(
            "email",
            template: #""subject":"Hi {{name}}","text":"Dear {{name}}: {{unsubscribeURL}}""#,
            sender: #""fromEmail":"News <news@shop.example>""#,
            csv: "email,name\nann@x.org,Ann\nbo@x.org,Bo\n"
        )
        let headers = [(name: "idempotency-key", value: "t1")]
        let path = "/api/campaign/\(id)/test"
        let order = #"{"address":"Me@desk.example","contact":"bo@x.org"}"#
        let job = try site.call("POST", path, order, headers: headers)
        #expect(job.status == 201)
        let again = try site.call("POST", path, order, headers: headers)
        #expect(again.status == 200)
        #expect(again.json["id"] == job.json["id"])
        let test = try #require(job.json["campaignId"]?.text)
        #expect(test != id)
        let ended = try site.call("GET", "/api/campaign/\(test)/wait?timeout=20").json
        #expect(ended["status"] == "SENT")
        let shown = try site.call("GET", "/api/campaign/\(test)").json
        #expect(shown["testOf"]?.text == id)
        #expect(shown["name"] == "Test of c")
        let messages = try site.call("GET", "/api/campaign/\(test)/messages").json.elements
        #expect(messages.map { $0["recipient"] } == ["Me@desk.example"])
        #expect(messages.map { $0["state"] } == ["sent"])
        let original = try site.call("GET", "/api/campaign/\(id)").json
        #expect(original["status"] == "DRAFT")
        #expect(original["messages"] == [:])
        #expect(original["testOf"] == nil)
    }

    @Test("a test of nobody's message, or to no address, is refused and sends nothing")
    func testSendFaults() throws {
        try site.startWorking()
        let id = try campaign(
            "email",
            template: #""subject":"Hi {{name}}","text":"Dear {{name}}""#,
            sender: #""fromEmail":"news@shop.example""#,
            csv: "email,name\nann@x.org,\n"
        )
        let path = "/api/campaign/\(id)/test"
        let blank = try site.call("POST", path, #"{"address":"me@desk.example"}"#)
        #expect(blank.status == 422)
        #expect(blank.faults.first?.contains("no value for name") == true)
        #expect(try site.call("POST", path, "{}").status == 400)
        let all = try site.call("GET", "/api/campaign").json
        #expect(all["meta"]?["count"] == 1)
    }
}
