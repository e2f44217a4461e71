import Campaigns
import Foundation
import JobQueue
import TestSupport
import Testing

@testable import Transports

@Suite(
    "Email message: read alike by Python's email package, by mail-parser and by Perl's MIME-tools",
    .timeLimit(.minutes(10))
)
struct EmailParserTests {
    /// What a parser makes of a message.
    struct Reading: Decodable, Equatable {
        var subject: String
        var fromName: String
        var fromAddress: String
        var to: String
        var text: String
        var html: String?
        /// In the order of the message.
        var headers: [String]
        var unsubscribe: String
        var oneClick: String
    }

    private struct Pair: Decodable {
        var email: Reading
        var mailParser: Reading
    }

    static let url = "https://mail.example.org/u/" + String(repeating: "x", count: 300)

    static func message(_ subject: String, name: String, text: String, html: String?)
        throws -> OutgoingMessage
    {
        let quoted = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return OutgoingMessage(
            id: 67_108_865,
            campaignID: "68b0b5ccfcccb5cfc3b1f4eb",
            channel: .email,
            sender: "\"\(quoted)\" <info@example.com>",
            recipient: "ada@example.com",
            content: RenderedContent(subject: subject, text: text, html: html),
            unsubscribeURL: url,
            date: Timestamp(milliseconds: 1_756_411_340_603)
        )
    }

    /// What a campaign says in one message.
    typealias Content = (subject: String, name: String, text: String, html: String?)

    static let contents: [Content] = [
        ("Hello Ada", "Info", "Dear Ada,\n\nhello.\n", nil),
        ("naïve café", "Zoë Müller", "é\n.\n..\n.x\n", "<p>é</p>\n"),
        (
            // 6 kB
            String(repeating: "🎉👩‍👩‍👧‍👦é", count: 200), "משרד",
            "مرحبا بالعالم \u{200F}(1)\n", nil
        ),
        (
            "שלום \u{202E}עולם\u{202C}, مرحبا", "مكتب", "\u{202B}مرحبا\u{202C} (1)\n",
            "<p dir=rtl>مرحبا\n"
        ),
        ("a: b; c=\"d\" <e@f.g>, h", "Example, Inc.", "From the start\n>From\n", nil),
        (
            "=?UTF-8?Q?not_encoded?=", "Ada \"C\" \\ L",
            String(repeating: "x", count: 998) + "\n" + String(repeating: "é", count: 499) + "\n",
            nil
        ),
        (String(repeating: "word ", count: 100) + "end", "x", "a=b=3D \n", "<pre>\t \n"),
    ]

    static func messages() throws -> [OutgoingMessage] {
        try contents.map { try message($0.subject, name: $0.name, text: $0.text, html: $0.html) }
    }

    /// Checks that a parser made of a message what was put into it.
    static func check(
        _ reading: Reading,
        of content: Content,
        at location: SourceLocation = #_sourceLocation
    ) {
        #expect(reading.subject == content.subject, sourceLocation: location)
        #expect(reading.fromName == content.name, sourceLocation: location)
        #expect(reading.fromAddress == "info@example.com", sourceLocation: location)
        #expect(reading.to == "ada@example.com", sourceLocation: location)
        #expect(reading.text.trimmingEnd == content.text.trimmingEnd, sourceLocation: location)
        #expect(reading.html?.trimmingEnd == content.html?.trimmingEnd, sourceLocation: location)
        #expect(reading.unsubscribe == "<\(url)>", sourceLocation: location)
        #expect(reading.oneClick == "List-Unsubscribe=One-Click", sourceLocation: location)
    }

    @Test(
        "subjects, names and bodies of every kind come back as they were, from both in Python",
        .enabled(if: Oracle.isThere, "\(Oracle.whereFrom)")
    )
    func alike() throws {
        for (content, pair) in zip(Self.contents, try Self.read(Self.messages())) {
            #expect(pair.email == pair.mailParser)
            Self.check(pair.email, of: content)
        }
    }

    /// What is sent, if anything is, to contacts whose names try to make a header.
    static func attempts() throws -> [OutgoingMessage] {
        let template = try CompiledTemplate(
            channel: .email,
            subject: "Hi {{name}}",
            text: "Dear {{name}}",
            html: "<p>{{name}}</p>"
        )
        let tries = [
            "Ada\r\nBcc: x@example.org", "Ada\nBcc: x@example.org", "Ada\rBcc: x@example.org",
            "Ada\u{85}Bcc: x@example.org", "Ada\u{2028}Bcc: x@example.org",
            "Ada\0Bcc: x@example.org", "Ada\u{B}Bcc: x@example.org", "Ada Bcc: x@example.org",
            "=?UTF-8?Q?Ada=0D=0ABcc:_x?=", "\r\n\r\n<script>", "Ada;\r\n\tBcc: x",
        ]
        var messages: [OutgoingMessage] = []
        for name in tries {
            guard let content = try? template.render(["name": name]) else { continue }
            messages.append(
                try Self.message(
                    content.subject ?? "",
                    name: "Info",
                    text: content.text,
                    html: content.html
                )
            )
        }
        #expect(messages.count >= 3, "what cannot break a line is sent")
        return messages
    }

    @Test(
        "no value of a contact's makes a header: a subject with a line break is never sent",
        .enabled(if: Oracle.isThere, "\(Oracle.whereFrom)")
    )
    func injection() throws {
        let messages = try Self.attempts()
        let clean = try Self.read([Self.message("Hi", name: "Info", text: "x", html: "<p>")])
        for (message, pair) in zip(messages, try Self.read(messages)) {
            #expect(pair.email.subject == message.content.subject)
            for reading in [pair.email, pair.mailParser] {
                #expect(reading.headers == clean[0].email.headers)
            }
        }
    }

    private static func read(_ messages: [OutgoingMessage]) throws -> [Pair] {
        try Oracle.ask(
            script,
            messages.map { Data(try EmailMessage.encoded($0)) },
            as: [Pair].self
        )
    }

    private static let script = """
        import sys, json, base64, email, mailparser
        from email.header import decode_header, make_header
        from email.utils import parseaddr
        def plain(text):
            return text.replace("\\r\\n", "\\n")
        # Neither unfolds a header (RFC 5322 section 2.2.3) by itself.
        def unfolded(text):
            return text.replace("\\r\\n", "")
        def by_email(source):
            message = email.message_from_bytes(source)
            name, address = parseaddr(message["From"])
            def body(kind):
                for part in message.walk():
                    if part.get_content_type() == kind:
                        return plain(part.get_payload(decode=True).decode("utf-8"))
            return {
                "subject": unfolded(str(make_header(decode_header(message["Subject"])))),
                "fromName": str(make_header(decode_header(name))), "fromAddress": address,
                "to": parseaddr(message["To"])[1],
                "text": body("text/plain"), "html": body("text/html"),
                "headers": [name.lower() for name in message.keys()],
                "unsubscribe": message["List-Unsubscribe"].replace("\\r\\n", ""),
                "oneClick": message["List-Unsubscribe-Post"],
            }
        def by_mail_parser(source):
            mail = mailparser.parse_from_bytes(source)
            assert not mail.defects, mail.defects
            return {
                "subject": unfolded(mail.subject), "fromName": mail.from_[0][0],
                "fromAddress": mail.from_[0][1], "to": mail.to[0][1],
                "text": plain(mail.text_plain[0]),
                "html": plain(mail.text_html[0]) if mail.text_html else None,
                "headers": [name.lower() for name in mail.message.keys()],
                "unsubscribe": mail.headers["List-Unsubscribe"],
                "oneClick": mail.headers["List-Unsubscribe-Post"],
            }
        print(json.dumps([
            {"email": by_email(source), "mailParser": by_mail_parser(source)}
            for source in map(base64.b64decode, json.load(sys.stdin))]))
        """
}

extension String {
    /// Without the line breaks and spaces at its end, which parsers differ about.
    fileprivate var trimmingEnd: String {
        String(reversed().drop { $0.isWhitespace }.reversed())
    }
}
