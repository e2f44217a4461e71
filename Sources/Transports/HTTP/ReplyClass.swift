package import Campaigns

/// What a provider's answer about one message means.
package enum ReplyClass: Hashable, Sendable {
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
        case .recipient(let reason):
            .failure(.rejected(.recipient, reply: reply, suppressing: reason))
        case .content: .failure(.rejected(.content, reply: reply))
        case .sender: .failure(.senderRefused(reply: reply))
        case .deferred: .failure(.deferred(reply: reply, retryAfter: retryAfter))
        case .throttled: .failure(.throttled(reason: reply, retryAfter: retryAfter))
        case .away: .failure(.unavailable(reason: reply, retryAfter: retryAfter))
        case .unknown: .failure(.outcomeUnknown(evidence: reply))
        }
    }
}
