import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Text messages whose daemon dies between the provider's taking them over and its answer.
    @Suite("A provider that can be asked")
    struct ProviderDeath {
        @Test("hold: what it took over is sent, once, though nobody resolves it")
        func hold() throws {
            let provider = try FakeProvider()
            defer { provider.stop() }
            let daemon = try provider.daemon(inDoubt: "hold")
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let recipients = (0..<4).map { "+1202555010\($0)" }
            let id = try desk.enqueueText(to: recipients)
            try provider.taken.wait(forCount: recipients.count)
            try daemon.kill()
            #expect(try desk.messages(id).map(\.state) == Array(repeating: "unknown", count: 4))
            #expect(try desk.campaign(id).status == "PARTIAL")

            provider.answers()
            try daemon.start()
            try desk.watch(id) { $0.status == "SENT" }
            #expect(try desk.checkBooks(of: id, built: 4).allSatisfy { $0.state == "sent" })
            #expect(provider.taken.elements.map(\.to).sorted() == recipients)
        }

        @Test(
            "resend: the others are sent too, and nobody gets a second one",
            .enabled(if: LargeTests.areWanted)
        )
        func resend() throws {
            let provider = try FakeProvider()
            defer { provider.stop() }
            let daemon = try provider.daemon(inDoubt: "resend")
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let recipients = (10..<30).map { "+120255501\($0)" }
            let id = try desk.enqueueText(to: recipients)
            // Four are with the provider, four more wait in the daemon, and the rest in the file.
            try provider.taken.wait(forCount: 4)
            try desk.watch(id) { $0.messages?["inflight"] == 8 }
            try daemon.kill()

            provider.answers()
            try daemon.start()
            #expect(try desk.wait(for: id) == "SENT")
            let messages = try desk.checkBooks(of: id, built: recipients.count)
            #expect(messages.allSatisfy { $0.state == "sent" })
            #expect(messages.filter { $0.doubts == 1 }.count == 8)
            #expect(provider.taken.elements.map(\.to).sorted() == recipients)
        }
    }
}

/// A provider that speaks as much of Twilio's API as the daemon uses.
private final class FakeProvider: Sendable {
    struct Text: Sendable {
        var to: String
        var body: String
        var date: String
    }

    /// What it has taken over, in order.
    let taken: Recorder<Text>
    private let server: ScriptedHTTPServer
    private let isAnswering: Recorder<Bool>

    /// It takes everything over and answers nothing before ``answers()``.
    init() throws {
        let (taken, isAnswering) = (Recorder<Text>(), Recorder<Bool>())
        (self.taken, self.isAnswering) = (taken, isAnswering)
        server = try ScriptedHTTPServer { stage, request in
            guard stage == .request else { return .proceed }
            guard request.method == "POST" else {
                return .reply(200, body: Self.list(taken.elements, request.target))
            }
            let fields = Self.fields(request.text)
            let text = Text(
                to: fields["To"] ?? "",
                body: fields["Body"] ?? "",
                date: Date().formatted(Self.rfc2822)
            )
            taken.append(text)
            let number = taken.elements.count
            return isAnswering.elements.isEmpty
                ? .stall : .reply(201, body: "{\"sid\":\"SM\(number)\",\"status\":\"queued\"}")
        }
    }

    /// Has it answer from now on.
    func answers() { isAnswering.append(true) }

    func stop() { server.stop() }

    /// A daemon whose text messages go here.
    func daemon(inDoubt: String) throws -> TemporaryDaemon {
        let daemon = try TemporaryDaemon(
            configuration: """
                transports:
                  sms:
                    kind: twilio
                    baseURL: "\(server.url)"
                    accountSid: AC1
                    authTokenFile: token
                    maxConnections: 4
                    inDoubt: \(inDoubt)
                """
        )
        try TestFile.write("token\n", to: "\(daemon.folder)/token")
        return daemon
    }

    private static func list(_ taken: [Text], _ target: String) -> String {
        let query = fields(String(target.split(separator: "?").last ?? ""))
        let entries = taken.enumerated().filter { $0.element.to == query["To"] }.map {
            """
            {"sid":"SM\($0.offset + 1)","to":"\($0.element.to)","body":"\($0.element.body)",\
            "status":"sent","date_created":"\($0.element.date)"}
            """
        }
        return "{\"messages\":[\(entries.joined(separator: ","))],\"next_page_uri\":null}"
    }

    private static func fields(_ form: String) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in form.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            fields[String(parts[0])] = String(parts[1]).removingPercentEncoding
        }
        return fields
    }

    /// As in `Fri, 24 May 2019 17:18:27 +0000`.
    private static let rfc2822 = Date.VerbatimFormatStyle(
        format: """
            \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \
            \(year: .padded(4)) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\
            \(minute: .twoDigits):\(second: .twoDigits) +0000
            """,
        locale: Locale(identifier: "en_US_POSIX"),
        timeZone: .gmt,
        calendar: Calendar(identifier: .gregorian)
    )
}

extension Operator {
    /// Enqueues a campaign of text messages to these numbers.
    fileprivate func enqueueText(to numbers: [String]) throws -> String {
        let template = try putTemplate("sms", text: "Hello")
        let list = try importList("phone\n" + numbers.map { $0 + "\n" }.joined())
        return try enqueue(
            """
            {"name":"Texts","channel":["sms"],"contactListId":["\(list)"],"settings":\
            {"sms":{"shortCode":"2025550100","templateId":"\(template)"}}}
            """
        )
    }
}
