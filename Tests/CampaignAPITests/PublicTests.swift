import APITypes
import Campaigns
import SQLiteStore
import Testing

@testable import CampaignAPI

/// What the world may reach.
@Suite("the public routes", .timeLimit(.minutes(10)))
struct PublicTests {
    @Test("each public route but the health answer asks for a proof, and no other route does")
    func proofs() {
        for route in RouteTable.public.routes where route.path.text != "/healthz" {
            #expect(route.proof != nil, "\(route.method) \(route.path.text)")
            #expect(route.repeats == .harmless, "no caller is known here, so keys are nobody's")
        }
        for route in RouteTable.all.routes {
            #expect(route.proof == nil, "\(route.method) \(route.path.text)")
        }
    }

    @Test("where the proof fails nothing is done")
    func refusal() throws {
        let site = try APISite()
        let table = RouteTable(routes: [
            Route(
                method: .post,
                path: "/echo/{secret}",
                operation: "echo",
                summary: "Says what it was sent.",
                proof: { call in
                    guard call.values["secret"] == "open" else {
                        throw Problem(.notFound, "there is nothing here")
                    }
                },
                body: .form,
                replies: [],
                handle: { call in
                    .html(try call.form().map { "\($0.name)=\($0.value)" }.joined(separator: "&"))
                }
            )
        ])
        let handler = APIHandler(
            table,
            service: site.service,
            events: site.store.events,
            place: site.handler.place,
            daemon: nil
        )
        func call(_ path: String, _ type: String, _ body: String) -> (Int, String) {
            let reply = handler.respond(
                to: APIRequest(
                    method: "POST",
                    path: path,
                    headers: [(name: "content-type", value: type)],
                    body: .bytes(Array(body.utf8)),
                    caller: .nobody
                )
            )
            guard case .bytes(let bytes) = reply.content else { return (reply.status, "") }
            return (reply.status, String(decoding: bytes, as: UTF8.self))
        }
        let form = "application/x-www-form-urlencoded"
        #expect(call("/echo/shut", form, "a=1").0 == 404)
        #expect(
            call("/echo/open", form, "List-Unsubscribe=One-Click&b=%20+") == (
                200, "List-Unsubscribe=One-Click&b=  "
            )
        )
        let parts =
            "--x y\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n"
            + "One-Click\r\n--x y\r\nContent-Type: text/plain\r\n"
            + "content-disposition: form-data;name=b\r\n\r\n\r\n--x y--\r\n"
        #expect(
            call("/echo/open", "multipart/form-data; boundary=\"x y\"", parts)
                == (200, "List-Unsubscribe=One-Click&b=")
        )
        for broken in ["", "--x y\r\n\r\nno name\r\n--x y--", String(parts.dropLast(6))] {
            #expect(call("/echo/open", "multipart/form-data; boundary=\"x y\"", broken).0 == 400)
        }
        #expect(call("/echo/open", "application/json", "{}").0 == 415)
    }

    @Test("the URL that a signature covers is the public one, with path and query as written")
    func publicURL() throws {
        let site = try APISite()
        var place = site.handler.place
        place.publicURL = "https://mail.example.org/hooks"
        let handler = APIHandler(
            .public,
            service: site.service,
            events: site.store.events,
            place: place,
            daemon: nil
        )
        let request = APIRequest(method: "GET", path: "/a%20b", rawQuery: "c=%64+e")
        let call = Call(api: handler, route: .health, values: [:], request: request)
        #expect(call.publicURL == "https://mail.example.org/hooks/a%20b?c=%64+e")
    }
}
