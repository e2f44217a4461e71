import Campaigns
import JobQueue
import SQLiteStore
import TestSupport
import Testing

@testable import CampaignAPI

@Suite("what providers report", .timeLimit(.minutes(10)))
struct ReceiptTests {
    /// Knows its provider by a header or a secret in the path, and answers with the field `say`.
    private struct Listener: ProviderListener {
        let heard = Recorder<String>()

        func isGenuine(_ call: ProviderCall) -> Bool {
            call.header("x-proof") == "right" || call.secret == "right"
        }

        func hear(_ call: ProviderCall) -> ProviderReport {
            heard.append("\(call.message) \(call.target) \(call.field("say") ?? "")")
            var report = ProviderReport()
            report.answer = call.field("say") ?? ""
            report.mediaType = "text/xml"
            report.receipt = Receipt(
                message: call.message,
                providerID: "P",
                report: .delivered,
                reply: ""
            )
            return report
        }
    }

    @Test("a genuine report is heard and answered; for any other there is nothing there")
    func genuine() throws {
        let site = try APISite()
        let listener = Listener()
        let handler = APIHandler(
            .public,
            service: site.service,
            events: site.store.events,
            place: site.handler.place,
            listeners: [.sms: listener],
            daemon: nil
        )
        func call(_ method: String, _ path: String, proof: String?) -> (Int, String) {
            let form = "application/x-www-form-urlencoded"
            var request = APIRequest(method: method, path: path, rawQuery: "a=%20", caller: .nobody)
            if method == "POST" {
                request.headers = [(name: "content-type", value: form)]
                request.body = .bytes(Array("say=<Hello/>".utf8))
            }
            if let proof { request.headers.append((name: "x-proof", value: proof)) }
            let reply = handler.respond(to: request)
            guard case .bytes(let bytes) = reply.content else { return (reply.status, "") }
            return (reply.status, String(decoding: bytes, as: UTF8.self))
        }
        #expect(call("POST", "/receipts/sms/7", proof: "right") == (200, "<Hello/>"))
        #expect(call("GET", "/receipts/sms/7/right", proof: nil) == (200, ""))
        #expect(
            listener.heard.elements == [
                "7 /receipts/sms/7?a=%20 <Hello/>", "7 /receipts/sms/7/right?a=%20 ",
            ]
        )
        for path in ["/receipts/sms/7", "/receipts/voice/7", "/receipts/fax/7", "/receipts/sms/x"] {
            #expect(call("POST", path, proof: "wrong").0 == 404)
        }
        #expect(call("POST", "/receipts/voice/7", proof: "right").0 == 404)
        #expect(call("GET", "/receipts/sms/7/wrong", proof: nil).0 == 404)
        #expect(listener.heard.elements.count == 2)
    }
}
