import APITypes
import Testing

/// Templates.
@Suite("templates", .timeLimit(.minutes(10)))
struct TemplateTests {
    @Test("a template is stored, gets a version, is shown and deleted")
    func life() throws {
        let site = try APISite()
        let first = try site.call(
            "POST",
            "/api/templates",
            #"{"name":"n","channel":"email","subject":"Hi {{name}}","text":"t1","html":null}"#
        )
        #expect(first.status == 201)
        #expect(first.json["version"] == 1)
        let id = try #require(first.json["templateId"]?.text)
        let second = try site.call(
            "POST",
            "/api/templates",
            #"{"id":"\#(id)","name":"n","channel":"email","subject":"Hi","text":"t2"}"#
        )
        #expect(second.json == ["templateId": .string(id), "version": 2])
        #expect(try site.call("GET", "/api/templates/\(id)").json["text"] == "t2")
        #expect(try site.call("GET", "/api/templates/\(id)?version=1").json["text"] == "t1")
        #expect(try site.call("GET", "/api/templates/\(id)?version=3").status == 404)

        #expect(try site.call("DELETE", "/api/templates/\(id)").status == 200)
        #expect(try site.call("GET", "/api/templates").json == [])
        #expect(try site.call("GET", "/api/templates/\(id)").json["deletedAt"] != nil)
    }

    @Test("what cannot be rendered is refused by the name of its part")
    func faults() throws {
        let site = try APISite()
        let tag = try site.call(
            "POST",
            "/api/templates",
            #"{"name":"n","channel":"email","subject":"Hi {{name","text":"t"}"#
        )
        #expect(tag.status == 422)
        #expect(tag.faults.first?.hasPrefix("subject:") == true)
        let shape = try site.call(
            "POST",
            "/api/templates",
            #"{"name":7,"channel":"fax","body":"x"}"#
        )
        #expect(shape.status == 400)
        #expect(
            shape.faults.map { String($0.prefix { $0 != ":" }) }.sorted() == [
                "body", "channel", "name", "text",
            ]
        )
    }

    @Test("pages follow each other by the link to the next")
    func paging() throws {
        let site = try APISite()
        for number in 1...5 {
            _ = try site.call(
                "POST",
                "/api/templates",
                #"{"name":"n\#(number)","channel":"sms","text":"t"}"#
            )
        }
        var names: [String?] = []
        var target: String? = "/api/templates?channel=sms&limit=2"
        while let next = target {
            let page = try site.call("GET", next)
            names += page.json.elements.map { $0["name"]?.text }
            target = page.header("link").map { String($0.dropFirst().prefix { $0 != ">" }) }
        }
        #expect(names == ["n5", "n4", "n3", "n2", "n1"])
        let all = try site.call(
            "GET",
            "/api/templates",
            headers: [(name: "accept", value: "application/x-ndjson")]
        )
        #expect(all.lines.count == 5)
        #expect(all.header("content-type") == "application/x-ndjson")
    }
}
