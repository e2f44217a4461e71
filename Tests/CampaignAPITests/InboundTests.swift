import APITypes
import Campaigns
import SQLiteStore
import Testing

@testable import CampaignAPI

@Suite("what recipients write back", .timeLimit(.minutes(10)))
struct InboundTests {
    private let site: APISite
    private let number = RecipientKey(channel: .sms, normalised: "+19498671145")

    init() throws {
        site = try APISite()
    }

    private func kannel(_ secret: String, from: String, text: String, accepts: String? = "s3cret")
        -> (status: Int, bytes: Int)
    {
        var place = site.handler.place
        place.inboundSecret = accepts
        let handler = APIHandler(
            .public,
            service: site.service,
            events: site.store.events,
            place: place,
            daemon: nil
        )
        let reply = handler.respond(
            to: APIRequest(
                method: "GET",
                path: "/inbound/kannel/\(secret)",
                query: [(name: "from", value: from), (name: "text", value: text)],
                headers: [],
                body: .none,
                caller: .nobody
            )
        )
        guard case .bytes(let bytes) = reply.content else { return (reply.status, -1) }
        return (reply.status, bytes.count)
    }

    @Test(
        "STOP from Kannel opts out and START in again; anything else is taken and changes nothing"
    )
    func words() throws {
        #expect(kannel("s3cret", from: "+19498671145", text: "bus stop") == (200, 0))
        #expect(try site.store.suppression(of: number) == nil)
        #expect(kannel("s3cret", from: "+19498671145", text: "STOP") == (200, 0))
        #expect(try site.store.suppression(of: number)?.reason == .stop)
        #expect(kannel("s3cret", from: "+19498671145", text: "start") == (200, 0))
        #expect(try site.store.suppression(of: number) == nil)
    }

    @Test("without the secret nothing is there, and none is taken where none is set")
    func secret() throws {
        #expect(kannel("guess", from: "+19498671145", text: "STOP").status == 404)
        #expect(kannel("s3cret", from: "+19498671145", text: "STOP", accepts: nil).status == 404)
        #expect(try site.store.suppression(of: number) == nil)
    }

    /// Knows its provider by a header.
    private struct Listener: ProviderListener {
        func isGenuine(_ call: ProviderCall) -> Bool { call.header("x-proof") == "right" }
        func hear(_ call: ProviderCall) -> ProviderReport { ProviderReport() }
    }

    @Test("STOP from Twilio opts out where the signature is right; otherwise nothing is there")
    func twilio() throws {
        func post(_ body: String, proof: String, listens: Bool = true) -> (Int, String) {
            let handler = APIHandler(
                .public,
                service: site.service,
                events: site.store.events,
                place: site.handler.place,
                listeners: listens ? [.sms: Listener()] : [:],
                daemon: nil
            )
            let reply = handler.respond(
                to: APIRequest(
                    method: "POST",
                    path: "/inbound/twilio",
                    headers: [
                        (name: "content-type", value: "application/x-www-form-urlencoded"),
                        (name: "x-proof", value: proof),
                    ],
                    body: .bytes(Array(body.utf8)),
                    caller: .nobody
                )
            )
            guard case .bytes(let bytes) = reply.content else { return (reply.status, "") }
            return (reply.status, String(decoding: bytes, as: UTF8.self))
        }
        let stop = "MessageSid=SM1&From=%2B19498671145&Body=Stop."
        #expect(post(stop, proof: "wrong").0 == 404)
        #expect(post(stop, proof: "right", listens: false).0 == 404)
        #expect(try site.store.suppression(of: number) == nil)
        #expect(post("From=%2B19498671145&Body=bus+stop", proof: "right") == (200, "<Response/>"))
        #expect(try site.store.suppression(of: number) == nil)
        #expect(post(stop, proof: "right") == (200, "<Response/>"))
        #expect(try site.store.suppression(of: number)?.reason == .stop)
        #expect(post("Body=STOP", proof: "right").0 == 400)
    }
}
