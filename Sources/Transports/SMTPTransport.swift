package import Campaigns
package import Dispatch
import JobQueue
package import Outbound

/// Delivers email to one SMTP server.
package final class SMTPTransport: MessageTransport {
    package let kind = "smtp"
    package let maxConnections: Int
    package let inDoubt: InDoubtPolicy
    private let client: SMTPClient

    package var queue: DispatchQueue? { client.queue }

    /// Makes the transport; nothing is connected before the first message.
    package init(_ configuration: SMTPConfiguration, inDoubt: InDoubtPolicy) {
        client = SMTPClient(configuration)
        maxConnections = configuration.maxConnections
        self.inDoubt = inDoubt
    }

    package func send(
        _ message: OutgoingMessage,
        completion: @escaping @Sendable (Result<Delivery, TransportError>) -> Void
    ) {
        do {
            let sender = try message.mailbox
            let envelope = SMTPEnvelope(
                sender: sender.address.text,
                recipient: message.recipient,
                content: try EmailMessage.encoded(message, from: sender)
            )
            client.send(envelope) { outcome in completion(outcome.delivery) }
        } catch {
            completion(.failure(error))
        }
    }

    package func check(completion: @escaping @Sendable (ConnectionFault?) -> Void) {
        client.check { completion($0.map(ConnectionFault.init)) }
    }

    package func shutDown(timeout: Duration, completion: @escaping @Sendable () -> Void) {
        client.shutDown(
            deadline: .now() + .milliseconds(Int(timeout.wholeMilliseconds)),
            completion: completion
        )
    }
}

extension ConnectionFault {
    fileprivate init(_ unopened: SMTPClient.Unopened) {
        let whatToDo =
            switch unopened.stage {
            case .tls: "look at its tls, port and caFile, and at the server's certificate"
            case .auth: "look at its username and passwordFile, and at the account at the server"
            default: "look at its host and port, at the server, and at what lies between"
            }
        self.init("\(unopened.stage.rawValue): \(unopened.reason)", whatToDo: whatToDo)
    }
}

extension OutgoingMessage {
    /// The sender.
    fileprivate var mailbox: Mailbox {
        get throws(TransportError) {
            do {
                return try Mailbox(sender)
            } catch {
                throw .senderRefused(reply: "\(sender) is not an address: \(error)")
            }
        }
    }
}

extension SMTPOutcome {
    /// What the outcome means for the message, by the stage it got to (RFC 5321; DESIGN section 6).
    fileprivate var delivery: Result<Delivery, TransportError> {
        switch self {
        case .accepted(let reply):
            .success(Delivery(reply: reply.description))
        case .refused(.mail, let reply) where reply.code >= 500:
            .failure(.senderRefused(reply: reply.description))
        case .refused(let stage, let reply):
            .failure(Self.refusal(at: stage, reply))
        case .serviceUnavailable(let stage, _, let reply?) where reply.asksForSlowerPace(at: stage):
            .failure(.throttled(reason: "\(stage.rawValue): \(reply)", retryAfter: nil))
        case .serviceUnavailable(let stage, let reason, let reply):
            .failure(
                .unavailable(
                    reason: "\(stage.rawValue): \(reply.map(\.description) ?? reason)",
                    retryAfter: nil
                )
            )
        case .interrupted(let stage, let reason):
            .failure(
                .interrupted(reason: "the connection was lost at \(stage.rawValue): \(reason)")
            )
        case .unknown(let reason):
            .failure(.outcomeUnknown(evidence: "no reply to the final dot: \(reason)"))
        case .abandoned:
            .failure(.abandoned)
        }
    }

    /// 4xx puts the message off.
    ///
    /// 5xx is the recipient's own at RCPT and where its status says that
    /// the mailbox is the matter (RFC 3463: 5.1.x, 5.2.x), otherwise the content's.
    private static func refusal(at stage: SMTPStage, _ reply: SMTPReply) -> TransportError {
        if reply.asksForSlowerPace(at: stage) {
            return .throttled(reason: "\(stage.rawValue): \(reply)", retryAfter: nil)
        }
        guard reply.code >= 500 else {
            return .deferred(reply: reply.description, retryAfter: nil)
        }
        let isAboutMailbox =
            reply.enhancedCode.map { $0.hasPrefix("5.1.") || $0.hasPrefix("5.2.") } ?? false
        let isPolicy = reply.enhancedCode.map { $0.hasPrefix("5.7.") } ?? false
        let isRecipient = isAboutMailbox || (stage == .rcpt && !isPolicy)
        return .rejected(isRecipient ? .recipient : .content, reply: reply.description)
    }
}

extension SMTPReply {
    /// Whether it is about how much or how fast we send, rather than about one message.
    ///
    /// A 421, unless its status says that the system itself is the matter (4.3.x); a 454 without a
    /// status (that of a busy relay; with one it is about a recipient, as in "relay access denied");
    /// before a recipient is named, any 4.7.x; and 4.7.28, mail flood, wherever it comes
    /// (iana.org/assignments/smtp-enhanced-status-codes). A 4.7.x at RCPT or later is greylisting
    /// as a rule, and about that message.
    fileprivate func asksForSlowerPace(at stage: SMTPStage) -> Bool {
        let status = enhancedCode ?? ""
        switch code {
        case 421: return !status.hasPrefix("4.3.")
        case 454 where status.isEmpty: return true
        case 400...499: return status == "4.7.28" || (stage == .mail && status.hasPrefix("4.7."))
        default: return false
        }
    }
}
