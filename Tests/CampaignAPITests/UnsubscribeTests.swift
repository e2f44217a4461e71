import APITypes
import Campaigns
import SQLiteStore
import Testing

@testable import CampaignAPI

@Suite("the unsubscribe link", .timeLimit(.minutes(10)))
struct UnsubscribeTests {
    private let site: APISite
    private let links = UnsubscribeLinks(
        publicURL: "https://mail.example.org",
        key: Array(repeating: 7, count: 32)
    )
    private let ann = RecipientKey(channel: .email, normalised: "<ann>@example.org")

    init() throws {
        site = try APISite()
    }

    private var path: String {
        String(links.url(for: ann, message: 5).dropFirst("https://mail.example.org".utf8.count))
    }

    private func call(
        _ method: String,
        _ path: String,
        _ type: String? = nil,
        _ body: String? = nil
    ) -> (status: Int, headers: [String: String], text: String) {
        let service = CampaignService(
            store: site.store,
            clock: site.service.clock,
            settings: ServiceSettings(publicURL: "https://mail.example.org"),
            links: links
        )
        let handler = APIHandler(
            .public,
            service: service,
            events: site.store.events,
            place: site.handler.place,
            daemon: nil
        )
        let reply = handler.respond(
            to: APIRequest(
                method: method,
                path: path,
                headers: type.map { [(name: "content-type", value: $0)] } ?? [],
                body: body.map { .bytes(Array($0.utf8)) } ?? .none,
                caller: .nobody
            )
        )
        guard case .bytes(let bytes) = reply.content else { return (reply.status, [:], "") }
        return (
            reply.status, Dictionary(reply.headers.map { ($0.name, $0.value) }) { $1 },
            String(decoding: bytes, as: UTF8.self)
        )
    }

    @Test(
        "looking changes nothing, sets no cookie, and shows a form that posts to the same address"
    )
    func get() throws {
        let answer = call("GET", path)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"]?.hasPrefix("text/html") == true)
        #expect(answer.headers["set-cookie"] == nil && answer.headers["location"] == nil)
        #expect(answer.text.contains("<form method=\"post\">"))
        #expect(answer.text.contains("name=\"List-Unsubscribe\" value=\"One-Click\""))
        #expect(answer.text.contains("&lt;ann&gt;@example.org"))
        #expect(!answer.text.contains("<ann>"))
        #expect(try site.store.suppression(of: ann) == nil)
    }

    @Test("one click opts out, in either encoding; again is as well")
    func post() throws {
        let form = call(
            "POST",
            path,
            "application/x-www-form-urlencoded",
            "List-Unsubscribe=One-Click"
        )
        #expect(form.status == 200)
        #expect(form.headers["set-cookie"] == nil && form.headers["location"] == nil)
        let stored = try #require(try site.store.suppression(of: ann))
        #expect(stored.reason == .unsubscribed)
        #expect(stored.note == "message 5")
        _ = try site.store.liftSuppressions(of: [ann], for: nil)

        let parts =
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click"
            + "\r\n--b--\r\n"
        for _ in 0..<2 {
            #expect(call("POST", path, "multipart/form-data; boundary=b", parts).status == 200)
            #expect(try site.store.suppression(of: ann)?.reason == .unsubscribed)
        }
    }

    @Test("a post that is not RFC 8058's, a forged link, or another method changes nothing")
    func refused() throws {
        let form = "application/x-www-form-urlencoded"
        #expect(call("POST", path, form, "a=1").status == 400)
        #expect(call("POST", path).status == 400)
        #expect(call("POST", path, "application/json", "{}").status == 415)
        #expect(call("PUT", path).status == 405)
        let forged = path.dropLast() + (path.last == "A" ? "B" : "A")
        #expect(call("POST", String(forged), form, "List-Unsubscribe=One-Click").status == 404)
        #expect(call("GET", String(forged)).status == 404)
        #expect(try site.store.suppression(of: ann) == nil)
    }

    @Test("without a key there is no link that opens")
    func withoutKey() throws {
        let handler = APIHandler(publicOf: site.handler)
        let reply = handler.respond(
            to: APIRequest(method: "GET", path: path, headers: [], body: .none, caller: .nobody)
        )
        #expect(reply.status == 404)
    }
}
