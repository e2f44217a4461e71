import Campaigns
import Foundation
import Outbound
import Testing

@testable import Transports

@Suite("What providers' answers mean", .timeLimit(.minutes(10)))
struct ReplyTableTests {
    private static func judge(
        _ status: Int,
        _ code: Int? = nil,
        _ replies: [Int: ReplyClass] = [:]
    ) -> ReplyClass {
        let settings = TwilioSettings(
            baseURL: "",
            accountSID: "AC1",
            authToken: "token",
            callbackURL: nil,
            replies: .twilio.overridden(by: replies)
        )
        let body = code.map { "{\"code\":\($0)}" } ?? ""
        let reply = HTTPReply(status: status, body: Array(body.utf8))
        return TwilioGateway(settings: settings).judge(reply, about: .sample(.sms, "Hello")).meaning
    }

    @Test("the configuration's rows stand before the built-in ones, codes before statuses")
    func overridden() {
        #expect(Self.judge(400, 30007) == .content)
        #expect(Self.judge(400, 30007, [30007: .throttled]) == .throttled)
        #expect(Self.judge(400, 99999, [99999: .recipient(.stop)]) == .recipient(.stop))
        #expect(Self.judge(400, nil, [400: .deferred]) == .deferred)
        #expect(Self.judge(400, 30007, [400: .deferred]) == .content)
        #expect(Self.judge(503, nil, [500: .away]) == .away)
        #expect(Self.judge(500, nil, [500: .away]) == .away)
        #expect(Self.judge(500) == .unknown)
    }

    @Test("a webhook's 422 speaks of the recipient, unless the configuration says otherwise")
    func webhook() {
        #expect(ReplyTable.webhook.meaning(status: 422) == .recipient(nil))
        #expect(ReplyTable.webhook.overridden(by: [422: .content]).meaning(status: 422) == .content)
    }

    @Test(
        "a report of a failure suppresses by the configuration's rows too",
        arguments: [true, false]
    )
    func report(isSet: Bool) {
        let settings = TwilioSettings(
            baseURL: "",
            accountSID: "AC1",
            authToken: "token",
            callbackURL: "https://mail.example.org",
            replies: .twilio.overridden(by: isSet ? [30003: .recipient(.invalidAddress)] : [:])
        )
        let form = [
            ("MessageSid", "SM1"), ("MessageStatus", "undelivered"), ("ErrorCode", "30003"),
        ]
        let call = ProviderCall(
            message: 42,
            secret: nil,
            target: "/receipts/sms/42",
            query: [],
            form: form.map { (name: $0.0, value: $0.1) },
            headers: []
        )
        let report = TwilioListener(settings, callbackURL: "https://mail.example.org").hear(call)
        #expect(report.suppression == (isSet ? .invalidAddress : nil))
        #expect(report.receipt?.report == .bounced)
    }

    @Test(
        "a call that did not get through is judged by its SIP reply",
        arguments: [
            ("404", ReceiptReport.bounced, SuppressionReason.invalidAddress),
            ("603", .again(after: .seconds(60), times: 1), nil),
            ("503", .bounced, nil), ("", .bounced, nil),
        ] as [(String, ReceiptReport, SuppressionReason?)]
    )
    func call(_ code: String, _ report: ReceiptReport, _ suppression: SuppressionReason?) {
        let settings = TwilioSettings(
            baseURL: "",
            accountSID: "AC1",
            authToken: "token",
            callbackURL: "https://mail.example.org",
            call: CallSettings(
                retries: [.busy: CallRetry(after: .seconds(60), times: 1)],
                sipCodes: [404: .badNumber, 603: .busy]
            )
        )
        let form = [("CallSid", "CA1"), ("CallStatus", "failed"), ("SipResponseCode", code)]
        let call = ProviderCall(
            message: 42,
            secret: nil,
            target: "/receipts/voice/42",
            query: [],
            form: form.map { (name: $0.0, value: $0.1) },
            headers: []
        )
        let heard = TwilioListener(settings, callbackURL: "https://mail.example.org").hear(call)
        #expect(heard.receipt?.report == report)
        #expect(heard.suppression == suppression)
    }

    @Test("docs/delivery.md shows the built-in codes")
    func documented() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "docs/delivery.md"),
            encoding: .utf8
        )
        for row in ReplyTable.twilioCodes {
            let codes = row.numbers.map { "\($0)" }.joined(separator: ", ")
            let line = "| `\(Self.word(row.meaning))` | \(codes) |"
            #expect(page.contains(line), "docs/delivery.md lacks \(line)")
        }
    }

    /// The meaning as the configuration names it.
    private static func word(_ meaning: ReplyClass) -> String {
        switch meaning {
        case .recipient(.invalidAddress?): "invalid-address"
        case .recipient(.stop?): "stop"
        case .recipient: "recipient"
        default: "\(meaning)"
        }
    }
}
