import Campaigns
import Crypto
import FoundationEssentials

extension RouteTable {
    /// What recipients write back, as gateways hand it over.
    static let inboundRoutes: [Route] = [
        Route(
            method: .get,
            path: "/inbound/kannel/{secret}",
            operation: "receiveFromKannel",
            summary: "Takes a text message from Kannel's smsbox; a stop word opts out.",
            proof: { try $0.checkInboundSecret() },
            query: [
                .init(name: "from", schema: .text, summary: "The sender's number."),
                .init(name: "text", schema: .text, summary: "The message."),
            ],
            replies: [
                Route.Reply(
                    status: 200,
                    summary: "It is taken; the body is empty, so that Kannel answers nothing.",
                    content: [(MediaType.text, .text)]
                )
            ],
            handle: { try $0.receiveFromKannel() }
        ),
        Route(
            method: .post,
            path: "/inbound/twilio",
            operation: "receiveFromTwilio",
            summary: "Takes a text message from Twilio, signed by it; a stop word opts out.",
            proof: { try $0.checkInboundSignature() },
            body: .form,
            replies: [
                Route.Reply(
                    status: 200,
                    summary: "It is taken; nothing is to be answered.",
                    content: [("text/xml", .text)]
                )
            ],
            handle: { try $0.receiveFromTwilio() }
        ),
    ]
}

extension Call {
    /// Compares digests, which takes the same time whatever differs.
    fileprivate func checkInboundSecret() throws(Problem) {
        guard let secret = api.place.inboundSecret,
            SHA256.hash(data: Array(secret.utf8))
                == SHA256.hash(data: Array((values["secret"] ?? "").utf8))
        else { throw Problem(.notFound, "there is nothing here") }
    }

    /// The transport of text messages knows its provider's signature.
    fileprivate func checkInboundSignature() throws {
        let (listener, call) = try providerCall(on: .sms, about: 0)
        guard listener.isGenuine(call) else { throw Self.nothingHere }
    }

    fileprivate func receiveFromTwilio() throws -> APIReply {
        let (_, call) = try providerCall(on: .sms, about: 0)
        guard let sender = call.field("From") else {
            throw ServiceError.malformed([FieldFault("From", "is missing")])
        }
        try service.receive(call.field("Body") ?? "", from: sender)
        return APIReply(
            status: 200,
            headers: [(name: "content-type", value: "text/xml")],
            content: .bytes(Array("<Response/>".utf8))
        )
    }

    fileprivate func receiveFromKannel() throws -> APIReply {
        let (sender, text) = try query { query in
            let sender = query.string("from")
            if sender == nil { query.faults.add("from", "is missing") }
            return (sender ?? "", query.string("text") ?? "")
        }
        try service.receive(text, from: sender)
        return APIReply(
            status: 200,
            headers: [(name: "content-type", value: MediaType.text)],
            content: .bytes([])
        )
    }
}
