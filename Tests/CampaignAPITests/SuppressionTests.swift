import APITypes
import CampaignAPI
import Campaigns
import Testing

@Suite("suppressions", .timeLimit(.minutes(10)))
struct SuppressionTests {
    private let csv = [(name: "content-type", value: "text/csv")]
    private let ndjson = [(name: "content-type", value: "application/x-ndjson")]
    private let lines = [(name: "accept", value: "application/x-ndjson")]

    @Test("an address is suppressed on every channel it can be of, or on the one that is named")
    func add() throws {
        let site = try APISite()
        let phone = try site.call(
            "POST",
            "/api/suppressions",
            #"{"address":"(949) 867-1145","reason":"stop","note":"by letter"}"#
        )
        #expect(phone.status == 201)
        #expect(phone.json["added"] == 2)
        let again = try site.call(
            "POST",
            "/api/suppressions",
            #"{"address":"+19498671145","channel":"sms"}"#
        )
        #expect(again.json["added"] == 0)
        #expect(again.json["present"] == 1)
        let rows = try site.call("GET", "/api/suppressions").json.elements
        #expect(rows.map { $0["channel"] } == ["sms", "voice"])
        #expect(rows.map { $0["address"] } == ["+19498671145", "+19498671145"])
        #expect(rows.map { $0["reason"] } == ["stop", "stop"])
        #expect(rows.first?["note"] == "by letter")
    }

    @Test("every fault of an order is named")
    func faults() throws {
        let site = try APISite()
        let answer = try site.call(
            "POST",
            "/api/suppressions",
            #"{"channel":"fax","reason":"tired","colour":1}"#
        )
        #expect(answer.status == 400)
        #expect(answer.faults.count == 4)
        let address = try site.call("POST", "/api/suppressions", #"{"address":"nobody@"}"#)
        #expect(address.status == 400)
        #expect(address.faults.first?.hasPrefix("address:") == true)
        #expect(try site.call("GET", "/api/suppressions").json == [])
    }

    @Test("a removal says how many there were; a user may not, and nobody twice")
    func remove() throws {
        let site = try APISite()
        _ = try site.call("POST", "/api/suppressions", #"{"address":"+19498671145"}"#)
        let target = "/api/suppressions?address=+19498671145"
        #expect(try site.call("DELETE", target, as: .user("u")).status == 403)
        #expect(try site.call("DELETE", target).json["removed"] == 2)
        #expect(try site.call("DELETE", target).status == 404)
        #expect(try site.call("DELETE", "/api/suppressions").status == 400)
    }

    @Test("a list goes on behind the last one, in pages and as lines")
    func pages() throws {
        let site = try APISite()
        for name in ["c@x.org", "a@x.org", "+19498671145", "b@x.org"] {
            _ = try site.call("POST", "/api/suppressions", #"{"address":"\#(name)"}"#)
        }
        var seen: [String] = []
        var target = "/api/suppressions?limit=2"
        for _ in 0..<4 {
            let page = try site.call("GET", target)
            seen += page.json.elements.compactMap { $0["address"]?.text }
            guard let link = page.header("link"), let after = link.split(separator: "after=").last
            else { break }
            let place = after.prefix { $0 != ">" }.replacing("%3A", with: ":")
                .replacing("%40", with: "@").replacing("%2B", with: "+")
            target = "/api/suppressions?limit=2&after=\(place)"
        }
        let all = ["a@x.org", "b@x.org", "c@x.org", "+19498671145", "+19498671145"]
        #expect(seen == all)
        let streamed = try site.call("GET", "/api/suppressions", headers: lines).lines
        #expect(streamed.map { $0["address"]?.text } == all)
        let one = try site.call("GET", "/api/suppressions?address=B@x.org").json.elements
        #expect(one.map { $0["address"] } == ["b@x.org"])
        let email = try site.call("GET", "/api/suppressions?channel=email&limit=1")
        #expect(email.json.elements.count == 1)
    }

    @Test("a CSV from another system is taken by its address column; bad rows are told")
    func importCSV() throws {
        let site = try APISite()
        let answer = try site.call(
            "POST",
            "/api/suppressions/import?channel=sms",
            """
            Phone,channel,reason,at,campaign
            9498671145,,hard bounce,2026-01-02T03:04:05Z,x
            9498671146,voice,stop,,
            9498671145,,,,
            none,,,,
            9498671147,fax,,,
            9498671148,,,yesterday,

            """,
            headers: csv
        )
        #expect(answer.status == 201)
        #expect(answer.json["added"] == 2)
        #expect(answer.json["present"] == 1)
        #expect(answer.json["rejected"] == 3)
        #expect(answer.json["rejections"]?.elements.map { $0["line"] } == [5, 6, 7])
        let rows = try site.call("GET", "/api/suppressions").json.elements
        #expect(rows.map { $0["channel"] } == ["sms", "voice"])
        #expect(rows[0]["reason"] == "imported")
        #expect(rows[0]["note"] == "hard bounce")
        #expect(rows[0]["at"] == "2026-01-02T03:04:05.000Z")
        #expect(rows[1]["reason"] == "stop")
    }

    @Test("what was exported as lines is imported as it was")
    func roundTrip() throws {
        let first = try APISite()
        _ = try first.call(
            "POST",
            "/api/suppressions",
            #"{"address":"A@x.org","reason":"complaint","note":"said \"no\", twice"}"#
        )
        _ = try first.call("POST", "/api/suppressions", #"{"address":"+19498671145"}"#)
        let exported = try first.call("GET", "/api/suppressions", headers: lines)
        let second = try APISite()
        let answer = try second.call(
            "POST",
            "/api/suppressions/import",
            exported.text + "nonsense\n",
            headers: ndjson
        )
        #expect(answer.json["added"] == 3)
        #expect(answer.json["rejected"] == 1)
        #expect(
            try second.call("GET", "/api/suppressions", headers: lines).text == exported.text
        )
    }

    @Test(
        "more rows than a transaction takes are all stored; a file that breaks off keeps its start"
    )
    func chunks() throws {
        let site = try APISite()
        let rows = (0..<2_500).map { "n\($0)@x.org" }.joined(separator: "\n")
        var request = site.request("POST", "/api/suppressions/import")
        request.body = .stream(
            PieceSource(
                Array("email\n\(rows)\n".utf8),
                size: 4_000,
                error: BodyError.cutOff("the client went away")
            )
        )
        #expect(try site.answer(request).status == 408)
        let kept = try site.call("GET", "/api/suppressions", headers: lines).lines.count
        #expect(kept == 1_998)
        let answer = try site.call("POST", "/api/suppressions/import", "email\n\(rows)\n")
        #expect(answer.json["present"] == 1_998)
        #expect(answer.json["added"] == 502)
    }

    @Test("a file without an address column, or without anything, is refused")
    func header() throws {
        let site = try APISite()
        for body in ["", "colour\nred\n", "colour\n"] {
            let answer = try site.call("POST", "/api/suppressions/import", body, headers: csv)
            #expect(answer.status == 422, "\(body)")
        }
    }
}
