package import Campaigns
import Outbound

/// What tells one HTTP provider from another; `HTTPTransport` does the rest.
protocol HTTPGateway: Sendable {
    /// The configuration's word for it.
    var kind: String { get }

    /// The request that hands a message over.
    func request(for message: OutgoingMessage) throws(TransportError) -> HTTPRequest

    /// What the answer to it means.
    func judge(_ reply: HTTPReply, about message: OutgoingMessage) -> Judgement

    /// The request that asks whether a message was taken over; nil where nobody can be asked.
    func search(for message: OutgoingMessage) -> HTTPRequest?

    /// What the answer to it says; nil where the message is not there.
    func find(_ message: OutgoingMessage, in reply: HTTPReply) -> Delivery?
}

extension HTTPGateway {
    func search(for message: OutgoingMessage) -> HTTPRequest? { nil }

    func find(_ message: OutgoingMessage, in reply: HTTPReply) -> Delivery? { nil }
}

extension HTTPReply {
    /// The first bytes of the body on one line, after the status, for people.
    var summary: String {
        let line = text.prefix(200).map { $0.isNewline || $0.isWhitespace ? " " : $0 }
        return line.isEmpty ? "\(status)" : "\(status) \(String(line))"
    }
}

/// What a transport notes about recipients: that nothing is to be sent there again.
package typealias SuppressionSink = @Sendable (Channel, String, SuppressionReason, String) -> Void
