import Campaigns
import Testing

@testable import Transports

@Suite("Email message", .timeLimit(.minutes(10)))
struct EmailMessageTests {
    @Test("a message of text has these bytes and no others")
    func textOnly() throws {
        let message = try EmailMessage.sample(headers: [("X-Campaign", "68b0b5ccfcccb5cfc3b1f4eb")])
        #expect(
            try message.encodedText() == """
                Date: Thu, 28 Aug 2025 20:02:20 +0000\r
                From: Info Desk <info@example.com>\r
                To: ada@example.com\r
                Subject: Hello Ada\r
                Message-ID: <m1@example.com>\r
                X-Campaign: 68b0b5ccfcccb5cfc3b1f4eb\r
                MIME-Version: 1.0\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Transfer-Encoding: 7bit\r
                \r
                Dear Ada,\r
                \r
                hello.\r

                """
        )
    }

    @Test("a message with HTML has both bodies, the text first")
    func alternatives() throws {
        var message = try EmailMessage.sample()
        message.text = "Zoë"
        message.html = "<p>Zoë</p>\n"
        let parts = try message.encodedText().split(separator: "\r\n\r\n", maxSplits: 1)
        #expect(
            parts[0].hasSuffix(
                "Content-Type: multipart/alternative; boundary=\"=_6jyh6mgx8gv6\""
            )
        )
        #expect(
            parts[1] == """
                --=_6jyh6mgx8gv6\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Transfer-Encoding: quoted-printable\r
                \r
                Zo=C3=AB\r
                --=_6jyh6mgx8gv6\r
                Content-Type: text/html; charset=utf-8\r
                Content-Transfer-Encoding: quoted-printable\r
                \r
                <p>Zo=C3=AB</p>\r
                \r
                --=_6jyh6mgx8gv6--\r

                """
        )
    }

    @Test("a body that contains the boundary cannot end its part")
    func boundaryInBody() throws {
        var message = try EmailMessage.sample()
        message.text = "--=_6jyh6mgx8gv6--\nstill text"
        message.html = "<p>"
        #expect(try message.encodedText().contains("\r\n--=3D_6jyh6mgx8gv6--\r\nstill text\r\n"))
    }

    @Test(
        "a body goes as it is only where nothing on the way could change it",
        arguments: [
            ("plain", "7bit", "plain"),
            ("two\nlines\rand\r\nmore", "7bit", "two\r\nlines\r\nand\r\nmore"),
            (".", "7bit", "."),
            ("\tindented", "7bit", "\tindented"),
            ("space at the end \nx", "quoted-printable", "space at the end=20\r\nx"),
            ("tab at the end\t", "quoted-printable", "tab at the end=09"),
            ("From here on", "quoted-printable", "=46rom here on"),
            ("1=1\u{1}", "quoted-printable", "1=3D1=01"),
            (String(repeating: "x", count: 76), "7bit", String(repeating: "x", count: 76)),
            (
                String(repeating: "x", count: 77), "quoted-printable",
                String(repeating: "x", count: 75) + "=\r\nxx"
            ),
            (
                String(repeating: "x", count: 73) + "é", "quoted-printable",
                String(repeating: "x", count: 73) + "=\r\n=C3=A9"
            ),
            (
                String(repeating: "x", count: 75) + "From é", "quoted-printable",
                String(repeating: "x", count: 75) + "=\r\n=46rom =C3=A9"
            ),
        ]
    )
    func bodies(text: String, encoding: String, expected: String) throws {
        var message = try EmailMessage.sample()
        message.text = text
        let encoded = try message.encodedText()
        #expect(encoded.contains("Content-Transfer-Encoding: \(encoding)\r\n\r\n\(expected)\r\n"))
    }

    @Test("a header with a control character is refused by its name", arguments: "\r\n\0\t\u{7F}")
    func controlCharacters(character: Character) throws {
        var message = try EmailMessage.sample()
        message.subject = "Hello\(character)Bcc: x@example.com"
        #expect(throws: EmailMessageError.controlCharacter(header: "Subject")) {
            try message.encoded()
        }
        message = try .sample(headers: [("X-Tag", "a\(character)Bcc: x@example.com")])
        #expect(throws: EmailMessageError.controlCharacter(header: "X-Tag")) {
            try message.encoded()
        }
        message = try .sample(headers: [("X-Tag\(character)", "a")])
        #expect(throws: EmailMessageError.headerName("X-Tag\(character)")) {
            try message.encoded()
        }
        message = try .sample(messageID: "a\(character)@example.com")
        #expect(throws: EmailMessageError.messageID) { try message.encoded() }
    }

    @Test("CRLF, one character to Swift, is refused as well")
    func lineBreakAsOneCharacter() throws {
        var message = try EmailMessage.sample()
        message.subject = "Hello\r\nBcc: x@example.com"
        #expect(throws: EmailMessageError.controlCharacter(header: "Subject")) {
            try message.encoded()
        }
    }

    @Test(
        "headers that the message writes itself cannot be given twice",
        arguments: [
            "subject", "Bcc", "FROM", "Content-Type", "content-disposition", "MIME-Version",
        ]
    )
    func reservedHeaders(name: String) throws {
        let message = try EmailMessage.sample(headers: [(name, "x")])
        #expect(throws: EmailMessageError.reservedHeader(name)) { try message.encoded() }
    }

    @Test("a header name is visible ASCII without a colon", arguments: ["", "X Y", "X:", "Ü"])
    func headerNames(name: String) throws {
        let message = try EmailMessage.sample(headers: [(name, "x")])
        #expect(throws: EmailMessageError.headerName(name)) { try message.encoded() }
    }

    @Test("a word is put on a line of 998 bytes, and refused if it has one more")
    func longWord() throws {
        func message(bytes: Int) throws -> EmailMessage {
            try .sample(headers: [("X-Long", String(repeating: "x", count: bytes - 8))])
        }
        #expect(try message(bytes: 998).encodedText().longestLine == 998)
        #expect(throws: EmailMessageError.headerTooLong("X-Long")) {
            try message(bytes: 999).encoded()
        }
    }

    @Test(
        "a Message-ID is left@right",
        arguments: ["", "a", "a@b@c", "<a@b>", "a b@c", "ä@example.com"]
    )
    func messageIDs(id: String) throws {
        let message = try EmailMessage.sample(messageID: id)
        #expect(throws: EmailMessageError.messageID) { try message.encoded() }
    }

    @Test("a NUL byte in a body is refused")
    func nulBytes() throws {
        var message = try EmailMessage.sample()
        message.html = "<p>\0"
        #expect(throws: EmailMessageError.nulByte(.html)) { try message.encoded() }
        message.text = "a\0"
        #expect(throws: EmailMessageError.nulByte(.text)) { try message.encoded() }
    }

    @Test(
        "dates are written in UTC",
        arguments: [
            (0, "Thu, 1 Jan 1970 00:00:00 +0000"),
            (-1_000, "Wed, 31 Dec 1969 23:59:59 +0000"),
            (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
            (951_782_400_999, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (1_756_411_340_603, "Thu, 28 Aug 2025 20:02:20 +0000"),
            (4_102_444_799_000, "Thu, 31 Dec 2099 23:59:59 +0000"),
        ] as [(Int64, String)]
    )
    func dates(milliseconds: Int64, expected: String) {
        #expect(RFC5322Date.text(milliseconds: milliseconds) == expected)
    }
}

extension EmailMessage {
    /// A small message that a test changes where it matters.
    static func sample(
        messageID: String = "m1@example.com",
        headers: [(name: String, value: String)] = []
    ) throws -> EmailMessage {
        EmailMessage(
            from: try Mailbox("Info Desk <info@example.com>"),
            to: try EmailAddress("ada@example.com"),
            subject: "Hello Ada",
            text: "Dear Ada,\n\nhello.",
            dateMilliseconds: 1_756_411_340_603,
            messageID: messageID,
            headers: headers
        )
    }

    func encodedText() throws -> String {
        String(decoding: try encoded(), as: UTF8.self)
    }
}

extension String {
    /// The bytes of the longest line, line ends apart.
    var longestLine: Int {
        split(separator: "\r\n").map(\.utf8.count).max() ?? 0
    }
}
