import APITypes
import Campaigns
import JobQueue
import Outbound

/// What a reply, or its absence, says about a request's effect and about the server.
struct Verdict: Sendable, Equatable {
    /// Of a write: whether it had its effect.
    enum Effect: Sendable, Equatable {
        /// The server says so; the campaign's id, where the reply has it.
        case accepted(id: String?)
        /// It had none, and may be asked for again.
        case none
        /// It had none, and asking again cannot help.
        case refused
        /// Nobody can tell yet.
        case unknown
    }

    /// What it says about the account and its server.
    enum Health: Sendable, Equatable {
        case good
        /// The server is not there, or not well: the breaker opens.
        case down(String)
        /// The server asked to be left alone.
        case throttled(Duration)
        /// The session has ended: somebody must renew it.
        case signedOut(String)
        /// The daemon stops; nothing was tried.
        case stopping
        /// This one request failed in a way that says nothing about the next.
        case unclear
    }

    var effect: Effect
    var health: Health
    /// The HTTP status; nil where no complete reply came.
    var status: Int?
    /// The reply's body or the reason why there is none; may hold secrets.
    var text: String

    /// Judges what came of a request.
    init(_ outcome: HTTPOutcome) {
        switch outcome {
        case .answered(let reply): self.init(reply)
        case .notSent(let reason):
            self.init(.none, .down(reason), text: "not sent: \(reason)")
        case .unknown(let reason):
            self.init(.unknown, .down(reason), text: "no reply: \(reason)")
        case .abandoned:
            self.init(.none, .stopping, text: "not sent: the daemon stops")
        }
    }

    private init(_ effect: Effect, _ health: Health, status: Int? = nil, text: String) {
        self.effect = effect
        self.health = health
        self.status = status
        self.text = text
    }

    private init(_ reply: HTTPReply) {
        let text = reply.text
        let wait = reply.retryAfter
        switch reply.status {
        case 200..<300:
            self.init(Self.effect(of: reply), .good, status: reply.status, text: text)
        case 300..<400:
            let place = reply[header: "location"] ?? "somewhere else"
            let words = "the server redirects to \(place.prefix(200)), a sign-in page by all signs"
            self.init(.none, .signedOut(words), status: reply.status, text: words)
        case 401, 403:
            let words = "the server answered \(reply.status): the session is not valid any more"
            self.init(.none, .signedOut(words), status: reply.status, text: text)
        case 429:
            let span = wait ?? Self.defaultThrottle
            self.init(.none, .throttled(span), status: reply.status, text: text)
        case 503 where wait != nil:
            // By RFC 9110, 15.6.4 and 10.2.3, the server did not handle the request, and says when it will.
            self.init(.none, .throttled(wait ?? .zero), status: reply.status, text: text)
        // Time-outs and "too early" are no judgement on the request.
        case 408, 425:
            self.init(.unknown, .unclear, status: reply.status, text: text)
        case 400..<500:
            self.init(.refused, .good, status: reply.status, text: text)
        default:
            let words = "the server answered \(reply.status)"
            self.init(.unknown, .down(words), status: reply.status, text: text)
        }
    }

    /// A reply of success counts only with a body that is what the API sends.
    private static func effect(of reply: HTTPReply) -> Effect {
        guard let json = try? JSONValue(parsing: reply.body), case .object = json else {
            return .unknown
        }
        switch json["result"] {
        case .string("success"), .string("pending"), nil:
            return .accepted(id: json["campaignId"]?.text)
        default: return .unknown
        }
    }

    /// After a 429 that names no time.
    private static let defaultThrottle: Duration = .seconds(10)
}
