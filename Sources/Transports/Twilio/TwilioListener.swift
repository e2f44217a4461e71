import Campaigns
import Crypto
import FoundationEssentials

/// Hears what Twilio reports about messages and calls, and answers calls that ask what to say.
struct TwilioListener: ProviderListener {
    private let settings: TwilioSettings
    private let callbackURL: String

    init(_ settings: TwilioSettings, callbackURL: String) {
        self.settings = settings
        self.callbackURL = callbackURL
    }

    /// Whether `X-Twilio-Signature` covers the URL and the form
    /// (twilio.com/docs/usage/webhooks/webhooks-security).
    func isGenuine(_ call: ProviderCall) -> Bool {
        guard let header = call.header("x-twilio-signature"),
            let signature = Data(base64Encoded: header)
        else { return false }
        let fields = call.form.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
        let signed = callbackURL + call.target + fields.map { $0.name + $0.value }.joined()
        return HMAC<Insecure.SHA1>.isValidAuthenticationCode(
            signature,
            authenticating: Data(signed.utf8),
            using: SymmetricKey(data: Data(settings.authToken.utf8))
        )
    }

    func hear(_ call: ProviderCall) -> ProviderReport {
        if let live = call.query("live") {
            return answer(call, CallScript(live: live, voicemail: call.query("voicemail")))
        }
        if let id = call.field("MessageSid") { return messageReport(call, id) }
        if let id = call.field("CallSid") { return callReport(call, id) }
        return ProviderReport()
    }

    /// The query that brings a call's texts back when it asks what to say: no state is kept for it,
    /// and the signature covers it.
    static func query(of script: CallScript) -> String {
        var fields = [(name: "live", value: script.live)]
        if let voicemail = script.voicemail {
            fields.append((name: "voicemail", value: voicemail))
        }
        return FormText.encode(fields)
    }

    private func messageReport(_ call: ProviderCall, _ id: String) -> ProviderReport {
        let status = call.field("MessageStatus") ?? ""
        let code = call.field("ErrorCode").flatMap { Int($0) }
        let reply = "\(status)\(code.map { " (code \($0))" } ?? "")"
        var report = ProviderReport()
        report.receipt = TwilioReports.messageStatuses[status].map {
            Receipt(message: call.message, providerID: id, report: $0, reply: reply)
        }
        if report.receipt?.report == .bounced, let code,
            case .recipient(let reason?)? = settings.replies.meaning(ofCode: code)
        {
            report.suppression = reason
        }
        return report
    }

    private func callReport(_ call: ProviderCall, _ id: String) -> ProviderReport {
        guard let outcome = outcome(of: call) else { return ProviderReport() }
        var report = ProviderReport()
        report.receipt = Receipt(
            message: call.message,
            providerID: id,
            report: ReceiptReport(outcome, settings.call.retries),
            reply: outcome.rawValue
        )
        if outcome == .badNumber { report.suppression = .invalidAddress }
        return report
    }

    private func outcome(of call: ProviderCall) -> CallOutcome? {
        let status = TwilioReports.callStatuses[call.field("CallStatus") ?? ""]
        let answeredBy = call.field("AnsweredBy") ?? ""
        switch status {
        case .answered where answeredBy.hasPrefix("machine") || answeredBy == "fax":
            return .machine
        case .network:
            let code = call.field("SipResponseCode").flatMap { Int($0) }
            return code.flatMap { settings.call.sipCodes[$0] } ?? .network
        default:
            return status
        }
    }

    private func answer(_ call: ProviderCall, _ script: CallScript) -> ProviderReport {
        var report = ProviderReport()
        report.mediaType = "text/xml"
        let isMachine = call.field("AnsweredBy")?.hasPrefix("machine") ?? false
        switch call.field("Digits") {
        case let key? where key == settings.call.optOutKey:
            report.suppression = .stop
            report.answer = CallScript.end
        case let key? where key != settings.call.repeatKey:
            report.answer = CallScript.end
        default:
            report.answer =
                isMachine
                ? script.voicemail(settings.call)
                : script.live(settings.call, action: callbackURL + call.target)
        }
        return report
    }
}
