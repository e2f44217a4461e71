package import Campaigns

/// An email as it goes out: RFC 5322 and MIME, in bytes.
package struct EmailMessage: Sendable {
    /// The sender.
    package var from: Mailbox
    /// The one recipient.
    package var to: EmailAddress
    /// One line of any Unicode, without control characters.
    package var subject: String
    /// The plain text, with any line ends.
    package var text: String
    /// The HTML beside the text; nil makes a message of text only.
    package var html: String?
    /// The date in milliseconds since 1970-01-01T00:00:00Z.
    package var dateMilliseconds: Int64
    /// `left@right` without angle brackets; the same for every copy of a message.
    package var messageID: String
    /// Further headers in their order, such as `List-Unsubscribe`.
    package var headers: [(name: String, value: String)]

    /// The most bytes of a Message-ID, so that its line stays within `MessageBuffer.maximumLine`.
    package static let maximumMessageIDBytes = 250

    /// Makes a message; `encoded()` checks it.
    package init(
        from: Mailbox,
        to: EmailAddress,
        subject: String,
        text: String,
        html: String? = nil,
        dateMilliseconds: Int64,
        messageID: String,
        headers: [(name: String, value: String)] = []
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.dateMilliseconds = dateMilliseconds
        self.messageID = messageID
        self.headers = headers
    }

    /// The message in ASCII with CRLF line ends, the last one included, before any dot-stuffing.
    ///
    /// Lines of bodies have 76 bytes at most, of headers 998. The same message gives the same
    /// bytes.
    package func encoded() throws(EmailMessageError) -> [UInt8] {
        try check()
        var buffer = MessageBuffer(capacity: text.utf8.count + (html?.utf8.count ?? 0))
        buffer.appendHeader("Date", RFC5322Date.text(milliseconds: dateMilliseconds))
        buffer.appendMailbox("From", from)
        buffer.appendHeader("To", to.text)
        buffer.appendUnstructured("Subject", subject)
        buffer.appendHeader("Message-ID", "<\(messageID)>")
        for header in headers { try buffer.appendCustom(header.name, header.value) }
        buffer.appendHeader("MIME-Version", "1.0")
        if let html {
            appendAlternatives(html, to: &buffer)
        } else {
            buffer.appendPart(text, type: "text/plain")
            buffer.endLine()
        }
        return buffer.bytes
    }

    /// Both bodies, the preferred one last (RFC 2046 section 5.1.4).
    private func appendAlternatives(_ html: String, to buffer: inout MessageBuffer) {
        let boundary = MessageBuffer.boundaryPrefix + String(fingerprint(of: messageID), radix: 36)
        buffer.appendHeader("Content-Type", "multipart/alternative; boundary=\"\(boundary)\"")
        for (body, type) in [(text, "text/plain"), (html, "text/html")] {
            buffer.endLine()
            buffer.append("--\(boundary)")
            buffer.endLine()
            buffer.appendPart(body, type: type)
        }
        buffer.endLine()
        buffer.append("--\(boundary)--")
        buffer.endLine()
    }

    private func check() throws(EmailMessageError) {
        if text.utf8.span.firstIndex(of: 0) != nil { throw .nulByte(.text) }
        if let html, html.utf8.span.firstIndex(of: 0) != nil { throw .nulByte(.html) }
        if subject.utf8.contains(where: \.isControl) { throw .controlCharacter(header: "Subject") }
        guard messageID.utf8.count <= Self.maximumMessageIDBytes,
            messageID.utf8.allSatisfy(\.isMessageIDByte),
            messageID.utf8.count(where: { $0 == UInt8(ascii: "@") }) == 1
        else { throw .messageID }
    }
}

/// FNV-1a: the same in every process, which Swift's own hash is not.
private func fingerprint(of text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

extension UInt8 {
    /// Whether the byte may stand in a Message-ID: visible ASCII without brackets.
    fileprivate var isMessageIDByte: Bool {
        self > 0x20 && self < 0x7F && self != UInt8(ascii: "<") && self != UInt8(ascii: ">")
    }
}
