import APITypes
import Testing

/// How a create body is read.
@Suite("reading a campaign's spec", .timeLimit(.minutes(10)))
struct SpecTests {
    @Test("every fault is told at once, each by the path of its field")
    func allFaults() throws {
        let site = try APISite()
        let answer = try site.call(
            "POST",
            "/api/campaign",
            #"""
            {"campaignId": "zz", "name": "a\nb", "colour": 1,
             "settings": {"email": {"fromEmail": "nobody", "templateId": 7, "version": 0},
                          "sms": {"shortCode": "x", "text": "hi"}, "fax": {}},
             "channel": ["email", "voice", "email", "fax"], "contactListId": ["1", "1"]}
            """#
        )
        #expect(answer.status == 400)
        #expect(answer.header("content-type") == "application/problem+json")
        #expect(answer.json["result"] == "error")
        #expect(
            answer.faults.map { String($0.prefix { $0 != ":" }) }.sorted() == [
                "campaignId", "channel", "colour", "contactListId[0]", "contactListId[1]", "name",
                "settings.email.fromEmail", "settings.email.templateId", "settings.email.version",
                "settings.fax", "settings.sms.shortCode", "settings.sms.templateId",
                "settings.sms.text",
            ]
        )
    }

    @Test(
        "a body that is no spec is malformed",
        arguments: ["", "[]", "nul", "{", #"{"name":1,"name":2}"#, #"{"name":"\ud800"}"#]
    )
    func noSpec(_ body: String) throws {
        let site = try APISite()
        let answer = try site.call("POST", "/api/campaign", body)
        #expect(answer.status == 400)
        #expect(answer.json["detail"]?.text?.isEmpty == false)
    }

    @Test("a chosen channel needs settings; others may have them")
    func channelSettings() throws {
        let site = try APISite()
        let answer = try site.call(
            "POST",
            "/api/campaign",
            #"{"name":"n","settings":{},"channel":["email","sms"],"contactListId":[]}"#
        )
        #expect(
            answer.faults == [
                "settings.email: is missing", "settings.sms: is missing",
                "contactListId: is empty; name at least one list",
            ]
        )
    }

    @Test(
        "names are 1 to 500 characters without control characters",
        arguments: [
            "", "   ", String(repeating: "x", count: 501), #"a\u0000b"#, #"a\r\nBcc: x"#,
            #"a\u2028b"#, #"\u0085"#,
        ]
    )
    func badNames(_ name: String) throws {
        let site = try APISite()
        let answer = try site.call("POST", "/api/campaign", #"{"name":"\#(name)"}"#)
        #expect(answer.faults.contains { $0.hasPrefix("name:") })
    }

    @Test("a name of 500 characters, whatever their bytes, is taken")
    func longName() throws {
        let site = try APISite()
        let answer = try site.call(
            "POST",
            "/api/campaign",
            #"{"name":"\#(String(repeating: "é", count: 500))"}"#
        )
        #expect(!answer.faults.contains { $0.hasPrefix("name:") })
    }

    @Test("another media type than JSON is refused")
    func mediaType() throws {
        let site = try APISite()
        let answer = try site.call(
            "POST",
            "/api/campaign",
            "{}",
            headers: [(name: "content-type", value: "application/x-www-form-urlencoded")]
        )
        #expect(answer.status == 415)
        let charset = try site.call(
            "POST",
            "/api/campaign",
            "{}",
            headers: [(name: "content-type", value: "application/json; charset=utf-8")]
        )
        #expect(charset.status == 400)
    }
}
