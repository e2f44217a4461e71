import Campaigns
import FoundationEssentials
import Outbound

/// SMS and calls over Twilio's REST API, version 2010-04-01.
///
/// Its creating POSTs are not idempotent: one whose answer was lost is looked for in the list of
/// messages before anything else is done.
struct TwilioGateway: HTTPGateway {
    let kind = "twilio"
    let settings: TwilioSettings

    func request(for message: OutgoingMessage) throws(TransportError) -> HTTPRequest {
        HTTPRequest(
            method: "POST",
            url: settings.resource(message.channel),
            headers: [
                settings.authorization, ("Content-Type", "application/x-www-form-urlencoded"),
                ("Accept", "application/json"),
            ],
            body: Array(FormText.encode(fields(of: message)).utf8)
        )
    }

    func judge(_ reply: HTTPReply, about message: OutgoingMessage) -> Judgement {
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(reply.body))
        let meaning = settings.replies.meaning(status: reply.status, code: answer?.code)
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
    func register(of channel: Channel) -> (any ProviderRegister)? {
        channel == .sms ? TwilioRegister(settings: settings) : nil
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
