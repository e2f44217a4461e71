import APITypes
import CampaignAPI
import Testing

/// Contact lists.
@Suite("contact lists", .timeLimit(.minutes(10)))
struct ListTests {
    private let csv = [(name: "content-type", value: "text/csv")]
    private let ndjson = [(name: "content-type", value: "application/x-ndjson")]

    @Test("a CSV is imported; its bad rows are told by line and reason")
    func importCSV() throws {
        let site = try APISite()
        let answer = try site.call(
            "POST",
            "/api/lists/import?name=people",
            "email,phone,city\na@x.org,,Rome\nnobody,,\n,+19498671145,\n",
            headers: csv
        )
        #expect(answer.status == 201)
        #expect(answer.json["contacts"] == 2)
        #expect(answer.json["rejected"] == 1)
        #expect(answer.json["rejections"]?.elements.map { $0["line"] } == [3])
        let id = try #require(answer.json["contactListId"]?.text)
        #expect(try site.call("GET", "/api/lists/\(id)").json["name"] == "people")
    }

    @Test("NDJSON follows the same rules")
    func importLines() throws {
        let site = try APISite()
        let answer = try site.call(
            "POST",
            "/api/lists/import?name=people",
            """
            {"email":"a@x.org","city":"Rome","age":7}
            {"phone":"+1 (949) 867-1145","timezone":"Europe/Paris"}
            {"email":"b@x.org","timezone":"Mars/Base"}
            {"email":"c@x.org","tags":[]}
            {"city":"Rome"}
            nonsense
            ["x"]
            """,
            headers: ndjson
        )
        #expect(answer.json["contacts"] == 2)
        #expect(answer.json["rejections"]?.elements.map { $0["line"]?.integer } == [3, 4, 5, 6, 7])
    }

    @Test("without a good row, or strictly with a bad one, nothing is stored")
    func refused() throws {
        let site = try APISite()
        for (query, body) in [
            ("name=a", "email\nnobody\n"), ("name=a", "email\n"), ("name=a", ""),
            ("name=a", "colour\nred\n"), ("name=a&strict=true", "email\na@x.org\nnobody\n"),
        ] {
            let answer = try site.call("POST", "/api/lists/import?\(query)", body)
            #expect(answer.status == 422, "\(body)")
        }
        #expect(try site.call("GET", "/api/lists").json == [])
    }

    @Test("an upload that breaks off stores nothing")
    func brokenOff() throws {
        let site = try APISite()
        var request = site.request("POST", "/api/lists/import?name=a")
        request.body = .stream(
            PieceSource(
                Array("email\na@x.org\nb@x.org\n".utf8),
                size: 10,
                error: BodyError.cutOff("the client went away")
            )
        )
        #expect(try site.answer(request).status == 408)
        #expect(try site.call("GET", "/api/lists").json == [])
    }

    @Test("an import into a list updates by address")
    func update() throws {
        let site = try APISite()
        let first = try site.call(
            "POST",
            "/api/lists/import?name=a",
            "email\na@x.org\nb@x.org\n"
        )
        let id = try #require(first.json["contactListId"]?.text)
        let second = try site.call(
            "POST",
            "/api/lists/import?id=\(id)",
            "email\nB@x.org\nc@x.org\n"
        )
        #expect(second.json["contacts"] == 3)
    }

    @Test("a new list needs a name, and names follow the rule")
    func names() throws {
        let site = try APISite()
        #expect(
            try site.call("POST", "/api/lists/import", "email\na@x.org\n").faults == [
                "name: is missing; a new list needs one"
            ]
        )
        let long = String(repeating: "x", count: 501)
        #expect(
            try site.call("POST", "/api/lists/import?name=\(long)&channel=fax", "x").faults.count
                == 2
        )
    }

    @Test("a deleted list leaves the listing and takes no new campaign")
    func delete() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        #expect(try site.call("DELETE", "/api/lists/\(seed.lists[0])").status == 200)
        #expect(try site.call("GET", "/api/lists").json.elements.count == 2)
        #expect(try site.call("GET", "/api/lists/\(seed.lists[0])").json["deletedAt"] != nil)
        let answer = try site.call("POST", "/api/campaign", seed.spec())
        #expect(answer.status == 422)
        #expect(answer.faults.first?.hasPrefix("contactListId[0]:") == true)
    }
}
