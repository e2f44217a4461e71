import Campaigns
import Foundation
import Testing

@testable import Transports

@Suite("Email message: read back by Python's email package", .timeLimit(.minutes(10)))
struct EmailMessageOracleTests {
    private static let emoji = String(repeating: "🎉👩‍👩‍👧‍👦é", count: 64)

    @Test("a subject comes back as it was, from lines of 76 bytes at most")
    func subjects() throws {
        let subjects = [
            "Hello Ada", "", " leading and trailing ", "two  spaces", "=?UTF-8?Q?not_encoded?=",
            "naïve café", "مرحبا بالعالم \u{200F}(1)", "שלום עולם", Self.emoji,
            String(repeating: "word ", count: 100) + "end", String(repeating: "x", count: 500),
            "a: b; c=\"d\" <e@f.g>, h", "🎉", "x" + String(repeating: "é", count: 200),
        ]
        let messages = try subjects.map { subject in
            var message = try EmailMessage.sample()
            message.subject = subject
            return message
        }
        let parsed = try Self.parse(messages)
        #expect(parsed.map(\.subject) == subjects)
        #expect(parsed.flatMap(\.defects) == [])
        for message in messages { #expect(try message.encodedText().longestLine <= 76) }
    }

    @Test("a display name comes back as it was, from lines of 76 bytes at most")
    func names() throws {
        let names = [
            "Info", "Info Desk", "Example, Inc.", "Ada \"Countess\" \\ Lovelace", "Zoë Müller",
            "משרד 🎉", "=?UTF-8?Q?x?=", "a@b.example", String(repeating: "é", count: 120),
            String(repeating: "long name ", count: 20) + "x", "two  spaces", "(not a comment)",
        ]
        let messages = try names.map { name in
            let quoted = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            var message = try EmailMessage.sample()
            message.from = try Mailbox("\"\(quoted)\" <info@example.com>")
            return message
        }
        let parsed = try Self.parse(messages)
        #expect(parsed.map(\.fromName) == names)
        #expect(parsed.allSatisfy { $0.fromAddress == "info@example.com" })
        #expect(parsed.allSatisfy { $0.to == "ada@example.com" })
        for message in messages { #expect(try message.encodedText().longestLine <= 76) }
    }

    @Test("bodies come back with their lines, alone and beside HTML")
    func bodies() throws {
        let bodies = [
            "one line", "two\nlines\n", "mixed\rline\r\nends\n\n", "", "\n",
            "trailing \t \nspaces ",
            ".\n..\n.x\n", "From the start\n>From\n", "a=b=3D\n", "é🎉\u{200F}مرحبا\n",
            String(repeating: "x", count: 998) + "\n" + String(repeating: "é", count: 998),
            String(repeating: "word ", count: 400), "--=_6jyh6mgx8gv6\n\n--=_6jyh6mgx8gv6--\n",
            "\u{1}\u{8}\u{B}\u{C}\u{1B}\u{7F}\u{85}\u{2028}",
        ]
        let single = try bodies.map { body in
            var message = try EmailMessage.sample()
            message.text = body
            return message
        }
        let double = single.map { message in
            var message = message
            message.html = "<pre>" + message.text
            return message
        }
        let lines = bodies.map {
            $0.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        }
        let parsedSingle = try Self.parse(single)
        #expect(parsedSingle.map(\.text) == lines.map { $0 + "\n" })
        let parsedDouble = try Self.parse(double)
        #expect(parsedDouble.map(\.text) == lines)
        #expect(parsedDouble.map(\.html) == lines.map { "<pre>" + $0 })
        #expect((parsedSingle + parsedDouble).flatMap(\.defects) == [])
        for message in single + double {
            let encoded = try message.encodedText()
            #expect(encoded.longestLine <= 76)
            #expect(encoded.utf8.allSatisfy { $0 < 0x80 })
            #expect(encoded.hasSuffix("\r\n"))
            #expect(try message.encoded() == message.encoded())
        }
    }

    @Test("further headers come back folded or encoded, and long addresses stay whole")
    func headers() throws {
        let link = "<https://example.com/u/" + String(repeating: "x", count: 200) + ">"
        let longName = "X-" + String(repeating: "N", count: 48)
        let headers = [
            ("List-Unsubscribe", "<mailto:u@example.com>, \(link)"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("X-Note", Self.emoji), (longName, "🎉é"),
        ]
        var message = try EmailMessage.sample(headers: headers)
        let label = String(repeating: "b", count: 60) + "."
        message.to = try EmailAddress(
            String(repeating: "a", count: 64) + "@" + label + label + label + "com"
        )
        let parsed = try #require(try Self.parse([message]).first)
        #expect(parsed.to == message.to.text)
        #expect(parsed.messageID == "<m1@example.com>")
        #expect(parsed.date == 1_756_411_340)
        for header in headers { #expect(parsed.headers[header.0] == header.1) }
        #expect(parsed.defects == [])
    }

    /// What Python makes of a message.
    private struct Parsed: Decodable {
        var subject: String
        var fromName: String
        var fromAddress: String
        var to: String
        var date: Int
        var messageID: String
        var headers: [String: String]
        var text: String
        var html: String?
        var defects: [String]
    }

    private static func parse(_ messages: [EmailMessage]) throws -> [Parsed] {
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = ["python3", "-c", script]
        let input = Pipe()
        let output = Pipe()
        python.standardInput = input
        python.standardOutput = output
        try python.run()
        // Python reads everything before it writes, so neither pipe can block the other.
        let encoded = try JSONEncoder().encode(messages.map { Data(try $0.encoded()) })
        try input.fileHandleForWriting.write(contentsOf: encoded)
        try input.fileHandleForWriting.close()
        let json = try output.fileHandleForReading.readToEnd() ?? Data()
        python.waitUntilExit()
        return try JSONDecoder().decode([Parsed].self, from: json)
    }

    private static let script = """
        import sys, json, base64, email, email.policy
        from email.header import decode_header, make_header
        from email.utils import parseaddr
        def parsed(source):
            message = email.message_from_bytes(source, policy=email.policy.SMTP)
            # The newer parser of names puts a space between encoded words.
            classic = email.message_from_bytes(source)
            name, address = parseaddr(classic["From"])
            def body(kind):
                for part in message.walk():
                    if part.get_content_type() == kind:
                        text = part.get_payload(decode=True).decode(part.get_content_charset())
                        return text.replace("\\r\\n", "\\n")
            headers = message.items()
            return {
                "subject": str(message["Subject"]),
                "fromName": str(make_header(decode_header(name))),
                "fromAddress": address,
                "to": message["To"].addresses[0].addr_spec,
                "date": int(message["Date"].datetime.timestamp()),
                "messageID": str(message["Message-ID"]),
                "headers": {name: str(value) for name, value in headers},
                "text": body("text/plain"),
                "html": body("text/html"),
                "defects": [str(d) for part in message.walk() for d in part.defects]
                    + [str(d) for name, value in headers for d in value.defects],
            }
        print(json.dumps([parsed(base64.b64decode(m)) for m in json.load(sys.stdin)]))
        """
}
