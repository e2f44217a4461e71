import Campaigns
import FoundationEssentials
import JobQueue
import Outbound

/// The list of messages that Twilio keeps (twilio.com/docs/messaging/api/message-resource).
///
/// It is asked for all that went from the sender to the recipient: a filter by `DateSent` would hide
/// those that wait in the provider's queue.
struct TwilioRegister: ProviderRegister {
    let settings: TwilioSettings

    func search(for message: OutgoingMessage) -> HTTPRequest {
        let query = FormText.encode([
            ("To", message.recipient), ("From", settings.sender(of: message)),
            ("PageSize", "\(Self.pageSize)"),
        ])
        return HTTPRequest(
            method: "GET",
            url: "\(settings.resource(message.channel))?\(query)",
            headers: [settings.authorization, ("Accept", "application/json")]
        )
    }

    func find(_ message: OutgoingMessage, in reply: HTTPReply) -> Result<Delivery?, TransportError>
    {
        switch settings.replies.meaning(status: reply.status) {
        case .accepted:
            return list(in: reply, message)
        case .throttled:
            return .failure(.throttled(reason: reply.summary, retryAfter: reply.retryAfter))
        case .away, .deferred, .unknown:
            return .failure(.unavailable(reason: reply.summary, retryAfter: reply.retryAfter))
        case .recipient, .content, .sender:
            return .failure(.outcomeUnknown(evidence: "its list: \(reply.summary)"))
        }
    }

    private func list(in reply: HTTPReply, _ message: OutgoingMessage)
        -> Result<Delivery?, TransportError>
    {
        guard let list = try? JSONDecoder().decode(MessageList.self, from: Data(reply.body)) else {
            return .failure(.outcomeUnknown(evidence: "its list cannot be read"))
        }
        let earliest = message.date.milliseconds / 1_000 - Self.clockSkewSeconds
        let entry = list.messages.first { entry in
            entry.body == message.content.text && entry.to == message.recipient
                && entry.createdAt.map { $0 >= earliest } ?? false
        }
        if let entry {
            let words = "the provider's list shows \(entry.sid) \(entry.status)"
            let report = TwilioReports.messageStatuses[entry.status] ?? .sent
            return .success(Delivery(reply: words, providerID: entry.sid, report: report))
        }
        guard list.nextPage == nil else {
            return .failure(.outcomeUnknown(evidence: "its list is longer than was read"))
        }
        return .success(nil)
    }

    /// The most that Twilio lists at once.
    private static let pageSize = 1_000
    /// By how much the provider's clock may be behind ours.
    private static let clockSkewSeconds: Int64 = 120
}

private struct MessageList: Decodable {
    struct Entry: Decodable {
        var sid: String
        var to: String
        var body: String
        var status: String
        /// As RFC 2822 writes it: `Fri, 24 May 2019 17:18:27 +0000`.
        var dateCreated: String?

        enum CodingKeys: String, CodingKey {
            case sid, to, body, status
            case dateCreated = "date_created"
        }

        /// In seconds since 1970-01-01T00:00:00Z.
        var createdAt: Int64? { dateCreated.flatMap(MailDate.seconds) }
    }

    var messages: [Entry]
    /// Nil where nothing follows.
    var nextPage: String?

    enum CodingKeys: String, CodingKey {
        case messages
        case nextPage = "next_page_uri"
    }
}
