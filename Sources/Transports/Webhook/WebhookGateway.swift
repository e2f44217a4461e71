import Campaigns
import Crypto
import FoundationEssentials
package import JobQueue
import Outbound

/// Whom to post messages to, and how they are signed.
package struct WebhookSettings: Sendable {
    package var url: String
    /// The key of the signature.
    package var key: [UInt8]
    /// The date and time, for the signature's age.
    package var now: @Sendable () -> Timestamp
    /// What the answers mean.
    package var replies: ReplyTable

    /// Reads a secret as Standard Webhooks writes it: `whsec_` and base64; any other text is the
    /// key as it stands.
    package init(
        url: String,
        secret: String,
        replies: ReplyTable = .webhook,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.url = url
        self.replies = replies
        self.now = now
        let prefix = "whsec_"
        let encoded = secret.hasPrefix(prefix) ? String(secret.dropFirst(prefix.count)) : nil
        key = encoded.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? Array(secret.utf8)
    }
}

/// One signed POST for each message (standardwebhooks.com, version 1).
struct WebhookGateway: HTTPGateway {
    let kind = "webhook"
    let settings: WebhookSettings

    func request(for message: OutgoingMessage) throws(TransportError) -> HTTPRequest {
        let body = MessageDocument(message).encoded
        let id = "msg_\(message.id).\(message.campaignID)"
        let signed = WebhookSignature.headers(
            id: id,
            at: settings.now(),
            body: body,
            key: SymmetricKey(data: settings.key)
        )
        return HTTPRequest(
            method: "POST",
            url: settings.url,
            headers: signed + [("idempotency-key", id)],
            body: body
        )
    }

    func judge(_ reply: HTTPReply, about message: OutgoingMessage) -> Judgement {
        Judgement(
            settings.replies.meaning(status: reply.status),
            reply: reply.summary,
            retryAfter: reply.retryAfter
        )
    }
}

/// A message as programs get it, by webhook or on their standard input.
struct MessageDocument: Encodable {
    private struct Payload: Encodable {
        var id: String
        var campaignId: String
        var channel: String
        var from: String
        var to: String
        var subject: String?
        var text: String
        var html: String?
    }

    private var type = "message.send"
    private var timestamp: String
    private var data: Payload

    init(_ message: OutgoingMessage) {
        timestamp = message.date.description
        data = Payload(
            id: "\(message.id)",
            campaignId: message.campaignID,
            channel: message.channel.rawValue,
            from: message.sender,
            to: message.recipient,
            subject: message.content.subject,
            text: message.content.text,
            html: message.content.html
        )
    }

    var encoded: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("strings are always JSON")
        }
        return Array(data)
    }
}

extension HTTPTransport {
    /// Any channel, to a program behind a URL.
    package static func webhook(
        _ settings: WebhookSettings,
        _ options: HTTPTransportOptions
    ) -> HTTPTransport {
        HTTPTransport(WebhookGateway(settings: settings), options)
    }
}
