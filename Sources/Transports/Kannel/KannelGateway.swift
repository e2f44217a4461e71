import Campaigns
import Crypto
import FoundationEssentials
import Outbound

/// A Kannel gateway, and who we are there.
package struct KannelSettings: Sendable {
    /// Without a slash at its end.
    package var baseURL: String
    package var username: String
    package var password: String
    /// The root by which Kannel reaches the public listener; nil for no reports.
    package var callbackURL: String?
    /// What its answers mean.
    package var replies: ReplyTable

    /// Makes settings.
    package init(
        baseURL: String,
        username: String,
        password: String,
        callbackURL: String?,
        replies: ReplyTable = .kannel
    ) {
        self.baseURL = baseURL
        self.username = username
        self.password = password
        self.callbackURL = callbackURL
        self.replies = replies
    }

    /// What only Kannel knows and its reports about a message prove: a MAC under the password.
    func secret(_ message: Int64) -> String {
        HMAC<SHA256>.authenticationCode(for: Self.proved(message), using: key).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Whether a text is the secret of a message, compared in constant time.
    func isSecret(_ text: String, of message: Int64) -> Bool {
        var bytes: [UInt8] = []
        var digits = Substring(text)
        while !digits.isEmpty {
            guard let byte = UInt8(digits.prefix(2), radix: 16) else { return false }
            bytes.append(byte)
            digits = digits.dropFirst(2)
        }
        return HMAC<SHA256>.isValidAuthenticationCode(
            bytes,
            authenticating: Self.proved(message),
            using: key
        )
    }

    private var key: SymmetricKey { SymmetricKey(data: Data(password.utf8)) }

    private static func proved(_ message: Int64) -> Data {
        Data("campaignd receipt \(message)".utf8)
    }
}

/// SMS through Kannel's `sendsms` (kannel.org, User's Guide, "Using SMS gateway").
struct KannelGateway: HTTPGateway {
    let kind = "kannel"
    let settings: KannelSettings

    func request(for message: OutgoingMessage) throws(TransportError) -> HTTPRequest {
        let text = message.content.text
        var fields = [
            ("username", settings.username), ("password", settings.password),
            ("from", message.sender), ("to", message.recipient), ("charset", "UTF-8"),
            ("coding", SMSParts(text).encoding == .gsm7 ? "0" : "2"), ("text", text),
        ]
        if let callbackURL = settings.callbackURL {
            let path = ReceiptPath.of(message) + "/" + settings.secret(message.id)
            // Kannel fills in: the kind of report, and what the carrier said.
            let url = "\(callbackURL)\(path)?type=%d&reply=%A"
            fields += [("dlr-mask", "\(KannelListener.mask)"), ("dlr-url", url)]
        }
        let query = FormText.encode(fields.map { (name: $0.0, value: $0.1) })
        return HTTPRequest(method: "GET", url: "\(settings.baseURL)/cgi-bin/sendsms?\(query)")
    }

    func judge(_ reply: HTTPReply, about message: OutgoingMessage) -> Judgement {
        let meaning = settings.replies.meaning(status: reply.status)
        return Judgement(
            meaning,
            reply: reply.summary,
            providerID: meaning == .accepted ? KannelListener.providerID(message.id) : nil,
            retryAfter: reply.retryAfter
        )
    }
}

/// Hears Kannel's delivery reports.
struct KannelListener: ProviderListener {
    /// Delivered, failed, and accepted or refused by the carrier; that it is queued is no news.
    static let mask = 1 + 2 + 8 + 16

    /// What each kind of report says.
    private static let reports: [String: ReceiptReport] = [
        "1": .delivered, "2": .bounced, "8": .sent, "16": .bounced,
    ]

    /// Kannel gives no id to whoever sends; ours serves.
    static func providerID(_ message: Int64) -> String { "kannel-\(message)" }

    let settings: KannelSettings

    func isGenuine(_ call: ProviderCall) -> Bool {
        settings.isSecret(call.secret ?? "", of: call.message)
    }

    func hear(_ call: ProviderCall) -> ProviderReport {
        let type = call.query("type") ?? ""
        let words = (call.query("reply") ?? "").map { $0.isNewline ? " " : $0 }
        var report = ProviderReport()
        report.receipt = Self.reports[type].map {
            Receipt(
                message: call.message,
                providerID: Self.providerID(call.message),
                report: $0,
                reply: "report \(type) \(String(words))"
            )
        }
        return report
    }
}

extension HTTPTransport {
    /// SMS through Kannel.
    package static func kannel(
        _ settings: KannelSettings,
        _ options: HTTPTransportOptions
    ) -> HTTPTransport {
        HTTPTransport(
            KannelGateway(settings: settings),
            listener: settings.callbackURL.map { _ in KannelListener(settings: settings) },
            options
        )
    }
}
