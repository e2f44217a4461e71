import APITypes
import CampaignAPI
import Testing

/// Many campaigns in one request.
@Suite("bulk enqueue", .timeLimit(.minutes(10)))
struct BulkTests {
    @Test("each line is a spec, or an object around one; all are stored")
    func lines() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let body = """
            \(seed.line(name: "one"))

            {"spec":\(seed.line(name: "two")),"priority":1,"until":"create","idempotencyKey":"k2"}
            """
        let answer = try site.call("POST", "/api/jobs/bulk", body)
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer.json["accepted"] == 2)
        #expect(answer.json["replayed"] == 0)
        #expect(answer.json["jobs"]?.elements.count == 2)

        let asLines = try site.call(
            "POST",
            "/api/jobs/bulk",
            body.split(separator: "\n").last.map(String.init),
            headers: [(name: "accept", value: "application/x-ndjson")]
        )
        #expect(asLines.lines.map { $0["replayed"] } == [true])
    }

    @Test("one bad line and nothing is stored; the error names the line and the field")
    func badLine() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let missing = seed.line().replacing(seed.email, with: String(repeating: "a", count: 24))
        for (bad, status, field) in [
            (#"{"name":""#, 400, ""), (#"{"spec":{"name":"n"},"x":1}"#, 400, "spec.settings"),
            (missing, 422, "settings.email.templateId"),
        ] {
            let answer = try site.call("POST", "/api/jobs/bulk", "\(seed.line())\n\(bad)\n")
            #expect(answer.status == status)
            let faults = try #require(answer.json["faults"]?.elements)
            #expect(faults.contains { $0["line"] == 2 && $0["field"]?.text == field })
            #expect(answer.json["detail"]?.text?.contains("line 2") == true)
        }
        #expect(try site.call("GET", "/api/campaign").json["meta"]?["count"] == 0)
    }

    @Test("the header's key binds the whole request")
    func headerKey() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let headers = [(name: "idempotency-key", value: "bulk")]
        let body = "\(seed.line(name: "one"))\n\(seed.line(name: "two"))"
        _ = try site.call("POST", "/api/jobs/bulk", body, headers: headers)
        let again = try site.call("POST", "/api/jobs/bulk", body, headers: headers)
        #expect(again.json["replayed"] == 2)
        for other in [seed.line(name: "one"), body + "\n" + seed.line(name: "three")] {
            let answer = try site.call("POST", "/api/jobs/bulk", other, headers: headers)
            #expect(answer.status == 422)
        }
        #expect(try site.call("GET", "/api/campaign").json["meta"]?["count"] == 2)
    }

    @Test("the header's key is the same request's alone, also where another has a digit more lines")
    func headerKeyOfLongerRequest() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let headers = [(name: "idempotency-key", value: "bulk")]
        let nine = (1...9).map { seed.line(name: "\($0)") }.joined(separator: "\n")
        _ = try site.call("POST", "/api/jobs/bulk", nine, headers: headers)
        let ten = nine + "\n" + seed.line(name: "10")
        let answer = try site.call("POST", "/api/jobs/bulk", ten, headers: headers)
        #expect(answer.status == 422)
        #expect(try site.call("GET", "/api/campaign").json["meta"]?["count"] == 9)
    }

    @Test("lines may come in pieces cut anywhere")
    func pieces() throws {
        let site = try APISite()
        let seed = try SeedData(site)
        let bytes = Array("\(seed.line(name: "é"))\r\n\(seed.line(name: "b"))".utf8)
        var request = site.request("POST", "/api/jobs/bulk")
        request.body = .stream(PieceSource(bytes, size: 7))
        #expect(try site.answer(request).json["accepted"] == 2)
    }

    @Test("an empty request and a line that is too long are refused")
    func limits() throws {
        let site = try APISite()
        #expect(try site.call("POST", "/api/jobs/bulk", "\n\n").status == 400)
        let long = String(repeating: " ", count: 1_000_001)
        #expect(try site.call("POST", "/api/jobs/bulk", "\(long)\n").status == 413)
    }
}
