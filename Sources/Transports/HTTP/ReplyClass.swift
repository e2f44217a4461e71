import Campaigns

/// What a provider's answer about one message means.
enum ReplyClass: Sendable, Equatable {
    /// Taken over.
    case accepted
    /// Refused for the recipient's sake; with a reason, nothing is sent there again.
    case recipient(SuppressionReason?)
    /// Refused for the content's or the account's standing.
    case content
    /// The sender may not send.
    case sender
    /// Refused for now.
    case deferred
    /// Sent too fast.
    case throttled
    /// The provider will not talk to us, or is not there: nobody's message is at fault.
    case away
    /// It may have been taken over.
    case unknown
}

/// How a provider's answers are classed: by its own code first, else by the HTTP status.
///
/// Data, one for each provider: a provider that adds a code needs a row, no code.
struct ReplyTable: Sendable {
    var codes: [Int: ReplyClass] = [:]
    var statuses: [(range: ClosedRange<Int>, meaning: ReplyClass)]

    /// What an answer means; an unknown refusal is the content's, which an operator sees.
    func meaning(status: Int, code: Int? = nil) -> ReplyClass {
        if let code, let meaning = codes[code] { return meaning }
        return statuses.first { $0.range.contains(status) }?.meaning ?? .content
    }
}

extension ReplyTable {
    /// What HTTP's own statuses say (RFC 9110), for a request that is not idempotent.
    ///
    /// A 5xx may come after the message was taken over, but for 503, which says that it was not.
    static let http: [(range: ClosedRange<Int>, meaning: ReplyClass)] = [
        (200...299, .accepted), (408...408, .unknown), (425...425, .deferred),
        (429...429, .throttled), (401...405, .away), (410...410, .away), (503...503, .away),
        (500...599, .unknown), (300...399, .away),
    ]
}

/// A provider's answer, read.
struct Judgement: Sendable, Equatable {
    var meaning: ReplyClass
    /// The answer for people, on one line.
    var reply: String
    /// What the provider calls the message from now on.
    var providerID: String?
    var retryAfter: Duration?

    init(
        _ meaning: ReplyClass,
        reply: String,
        providerID: String? = nil,
        retryAfter: Duration? = nil
    ) {
        self.meaning = meaning
        self.reply = reply
        self.providerID = providerID
        self.retryAfter = retryAfter
    }

    /// What becomes of the message.
    var delivery: Result<Delivery, TransportError> {
        switch meaning {
        case .accepted: .success(Delivery(reply: reply, providerID: providerID))
        case .recipient: .failure(.rejected(.recipient, reply: reply))
        case .content: .failure(.rejected(.content, reply: reply))
        case .sender: .failure(.senderRefused(reply: reply))
        case .deferred: .failure(.deferred(reply: reply, retryAfter: retryAfter))
        case .throttled: .failure(.throttled(reason: reply, retryAfter: retryAfter))
        case .away: .failure(.unavailable(reason: reply, retryAfter: retryAfter))
        case .unknown: .failure(.outcomeUnknown(evidence: reply))
        }
    }
}
