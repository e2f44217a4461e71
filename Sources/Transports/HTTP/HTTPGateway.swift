import Campaigns
import Outbound

/// What tells one HTTP provider from another; `HTTPTransport` does the rest.
protocol HTTPGateway: Sendable {
    /// The configuration's word for it.
    var kind: String { get }

    /// How it is seen that the provider is there and lets us in, without a message.
    var check: GatewayCheck { get }

    /// The request that hands a message over.
    func request(for message: OutgoingMessage) throws(TransportError) -> HTTPRequest

    /// What the answer to it means.
    func judge(_ reply: HTTPReply, about message: OutgoingMessage) -> Judgement

    /// Where it can be asked whether a message was taken over; nil where it cannot.
    func register(of channel: Channel) -> (any ProviderRegister)?
}

extension HTTPGateway {
    func register(of channel: Channel) -> (any ProviderRegister)? { nil }
}

/// What a provider keeps of the messages it took over, and shows who asks.
protocol ProviderRegister: Sendable {
    /// The request that asks for a message.
    func search(for message: OutgoingMessage) -> HTTPRequest

    /// What the answer to it shows of the message; nil where that is nothing.
    func find(_ message: OutgoingMessage, in reply: HTTPReply) -> Result<Delivery?, TransportError>
}

extension HTTPReply {
    /// The first bytes of the body on one line, after the status, for people.
    var summary: String {
        let line = text.prefix(200).map { $0.isNewline || $0.isWhitespace ? " " : $0 }
        return line.isEmpty ? "\(status)" : "\(status) \(String(line))"
    }
}
