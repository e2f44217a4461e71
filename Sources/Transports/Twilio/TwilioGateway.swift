import Campaigns
import FoundationEssentials
import JobQueue
import Outbound

/// SMS and calls over Twilio's REST API, version 2010-04-01.
///
/// Its creating POSTs are not idempotent. One whose answer was lost is looked for in the list of
/// messages before anything else is done.
struct TwilioGateway: HTTPGateway {
    let kind = "twilio"
    let settings: TwilioSettings

    func request(for message: OutgoingMessage) throws(TransportError) -> HTTPRequest {
        HTTPRequest(
            method: "POST",
            url: settings.resource(message.channel),
            headers: [
                authorization, ("Content-Type", "application/x-www-form-urlencoded"),
                ("Accept", "application/json"),
            ],
            body: Array(FormText.encode(fields(of: message)).utf8)
        )
    }

    func judge(_ reply: HTTPReply, about message: OutgoingMessage) -> Judgement {
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(reply.body))
        let meaning = TwilioReplies.table.meaning(status: reply.status, code: answer?.code)
        let isAccepted = meaning == .accepted
        let words = [
            "\(reply.status)", answer?.code.map { "code \($0)" }, answer?.message, answer?.sid,
            answer?.status?.text,
        ]
        return Judgement(
            // Without its id nothing could be matched to the message.
            isAccepted && answer?.sid == nil ? .unknown : meaning,
            reply: answer == nil ? reply.summary : words.compactMap(\.self).joined(separator: " "),
            providerID: isAccepted ? answer?.sid : nil,
            retryAfter: reply.retryAfter
        )
    }

    /// Calls have no text to match: what became of one is for its report, or for a person.
    func search(for message: OutgoingMessage) -> HTTPRequest? {
        guard message.channel == .sms else { return nil }
        let query = FormText.encode([
            ("To", message.recipient), ("From", settings.sender(of: message)),
            ("DateSent>", String(message.date.description.prefix(10))), ("PageSize", "100"),
        ])
        return HTTPRequest(
            method: "GET",
            url: "\(settings.resource(message.channel))?\(query)",
            headers: [authorization, ("Accept", "application/json")]
        )
    }

    func find(_ message: OutgoingMessage, in reply: HTTPReply) -> Delivery? {
        guard reply.status == 200,
            let list = try? JSONDecoder().decode(MessageList.self, from: Data(reply.body))
        else { return nil }
        let earliest = message.date.milliseconds - Self.clockSkewMilliseconds
        let found = list.messages.first { entry in
            entry.body == message.content.text && entry.to == message.recipient
                && (entry.createdAt?.milliseconds).map { $0 >= earliest } ?? false
        }
        return found.map { entry in
            Delivery(
                reply:
                    "its answer was lost; the provider's list shows \(entry.sid) \(entry.status)",
                providerID: entry.sid
            )
        }
    }

    private func fields(of message: OutgoingMessage) -> [(name: String, value: String)] {
        var fields = [("To", message.recipient), ("From", settings.sender(of: message))]
        switch message.channel {
        case .voice: fields += callFields(message)
        case .sms, .email: fields.append(("Body", message.content.text))
        }
        if let callback = settings.callback(message) { fields.append(("StatusCallback", callback)) }
        return fields.map { (name: $0.0, value: $0.1) }
    }

    /// A call with keys or a text for machines asks for its document when somebody answers; any
    /// other one brings it along.
    private func callFields(_ message: OutgoingMessage) -> [(String, String)] {
        let script = CallScript(message.content.text)
        let hasKeys = settings.call.optOutKey != nil || settings.call.repeatKey != nil
        guard let callback = settings.callback(message), hasKeys || script.voicemail != nil else {
            return [("Twiml", script.live(settings.call, action: nil))]
        }
        let detection = script.voicemail == nil ? [] : [("MachineDetection", "DetectMessageEnd")]
        return [("Url", callback + "?" + TwilioListener.query(of: script))] + detection
    }

    private var authorization: (name: String, value: String) {
        let pair = "\(settings.accountSID):\(settings.authToken)"
        return ("Authorization", "Basic \(Data(pair.utf8).base64EncodedString())")
    }

    /// By how much the provider's clock may be behind ours.
    private static let clockSkewMilliseconds: Int64 = 120_000
}

/// What an answer holds, of a refusal and of a message or a call made.
private struct Answer: Decodable {
    var sid: String?
    var code: Int?
    var message: String?
    var status: TextOrNumber?
}

/// The status is a word in a resource and a number in a refusal.
private struct TextOrNumber: Decodable {
    var text: String?

    init(from decoder: any Decoder) throws {
        text = try? decoder.singleValueContainer().decode(String.self)
    }
}

private struct MessageList: Decodable {
    struct Entry: Decodable {
        var sid: String
        var to: String
        var body: String
        var status: String
        var dateCreated: String?

        enum CodingKeys: String, CodingKey {
            case sid, to, body, status
            case dateCreated = "date_created"
        }

        /// Twilio writes dates as RFC 2822 does: `Fri, 24 May 2019 17:18:27 +0000`.
        var createdAt: Timestamp? {
            let words = (dateCreated ?? "").split(separator: " ")
            guard words.count == 6,
                let month = Self.months.firstIndex(of: String(words[2]))
            else { return nil }
            let day = words[1].utf8.count == 1 ? "0\(words[1])" : String(words[1])
            let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
            return Timestamp(rfc3339: "\(words[3])-\(number)-\(day)T\(words[4])Z")
        }

        private static let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
    }

    var messages: [Entry]
}

extension HTTPTransport {
    /// SMS or calls at a provider that speaks Twilio's API.
    package static func twilio(
        _ settings: TwilioSettings,
        _ options: HTTPTransportOptions
    ) -> HTTPTransport {
        HTTPTransport(
            TwilioGateway(settings: settings),
            listener: settings.callbackURL.map { TwilioListener(settings, callbackURL: $0) },
            options
        )
    }
}
