package import Dispatch
package import JobQueue

/// Delivers a channel's messages.
package protocol MessageTransport: Sendable {
    /// The configuration's word for it: `spool`, `smtp`.
    var kind: String { get }

    /// How many messages it carries at once.
    var maxConnections: Int { get }

    /// What happens to messages in flight when the daemon dies.
    var inDoubt: InDoubtPolicy { get }

    /// The serial queue that its completions run on, if there is one that nothing blocks: its
    /// dispatcher works on the same, and no outcome has to wake another thread.
    var queue: DispatchQueue? { get }

    /// Hears what its provider reports later; nil where nothing is reported.
    var listener: (any ProviderListener)? { get }

    /// Takes a message and returns at once; the completion runs exactly once, on any thread.
    func send(
        _ message: OutgoingMessage,
        completion: @escaping @Sendable (Result<Delivery, TransportError>) -> Void
    )

    /// Where its provider shows what it took over on the channel; nil where it cannot be asked.
    func register(of channel: Channel) -> (any MessageRegister)?

    /// Sees whether the other side is there, without a message.
    ///
    /// `completion` runs once, on any thread, with why it is not; with nil if it is, or where that
    /// cannot be seen.
    func check(completion: @escaping @Sendable (ConnectionFault?) -> Void)

    /// Gives back what has not irrevocably left, waits up to `timeout` for the rest, and closes.
    ///
    /// Every completion has run when this one does.
    func shutDown(timeout: Duration, completion: @escaping @Sendable () -> Void)
}

extension MessageTransport {
    package func check(completion: @escaping @Sendable (ConnectionFault?) -> Void) {
        completion(nil)
    }

    package var queue: DispatchQueue? { nil }

    package var listener: (any ProviderListener)? { nil }

    package func register(of channel: Channel) -> (any MessageRegister)? { nil }
}

/// What a provider shows of the messages it took over.
package protocol MessageRegister: Sendable {
    /// Asks for a message that may have been taken over: what is there of it, nil for nothing.
    ///
    /// An error says nothing about the message. The completion runs exactly once, on any thread.
    func find(
        _ message: OutgoingMessage,
        completion: @escaping @Sendable (Result<Delivery?, TransportError>) -> Void
    )
}

/// A rendered message on its way.
package struct OutgoingMessage: Sendable {
    package var id: Int64
    package var campaignID: String
    package var channel: Channel
    package var sender: String
    package var recipient: String
    package var content: RenderedContent
    /// Where the recipient opts out; nil where there is no such place.
    package var unsubscribeURL: String?
    /// When the message was first claimed: its date, the same at every attempt.
    package var date: Timestamp

    /// Makes a message.
    package init(
        id: Int64,
        campaignID: String,
        channel: Channel,
        sender: String,
        recipient: String,
        content: RenderedContent,
        unsubscribeURL: String? = nil,
        date: Timestamp
    ) {
        self.id = id
        self.campaignID = campaignID
        self.channel = channel
        self.sender = sender
        self.recipient = recipient
        self.content = content
        self.unsubscribeURL = unsubscribeURL
        self.date = date
    }
}

/// The other side's taking over.
package struct Delivery: Sendable, Equatable {
    /// Its answer, or the path of the file written.
    package var reply: String
    /// What the provider calls the message in its reports; nil where it makes none.
    package var providerID: String?
    /// What it says became of the message since.
    package var report: ReceiptReport

    /// Makes a delivery.
    package init(reply: String, providerID: String? = nil, report: ReceiptReport = .sent) {
        self.reply = reply
        self.providerID = providerID
        self.report = report
    }
}

/// Why a message was not taken over.
package enum TransportError: Error, Sendable, Equatable {
    /// Refused for good; with a reason, nothing is to be sent to the recipient again.
    case rejected(MessageFault, reply: String, suppressing: SuppressionReason? = nil)
    /// Refused for now, by an answer about this message.
    case deferred(reply: String, retryAfter: Duration?)
    /// The sender is refused: it is nobody's turn before that is mended.
    case senderRefused(reply: String)
    /// The other side is not there, or will not talk to us: nothing of this message was delivered.
    case unavailable(reason: String, retryAfter: Duration?)
    /// The other side asks for a slower pace (429, 421, SMTP's 4.7.x about the account): nothing of
    /// this message was delivered, and it is not the message's fault.
    case throttled(reason: String, retryAfter: Duration?)
    /// The connection was lost before the message had left: certainly not delivered.
    case interrupted(reason: String)
    /// It may or may not have been taken over.
    case outcomeUnknown(evidence: String)
    /// Given back at shutdown before it had left.
    case abandoned
}

extension TransportError {
    /// What is known, without its kind.
    package var words: String {
        switch self {
        case .rejected(_, let text, _), .deferred(let text, _), .senderRefused(let text),
            .unavailable(let text, _), .throttled(let text, _), .interrupted(let text),
            .outcomeUnknown(let text):
            text
        case .abandoned: "the daemon stops"
        }
    }
}
