/// One message for one recipient, as SMTP carries it.
package struct SMTPEnvelope: Sendable {
    /// The reverse-path for MAIL FROM without angle brackets; empty for the null sender.
    package var sender: String
    /// The mailbox for RCPT TO without angle brackets.
    package var recipient: String
    /// The message of RFC 5322: 7-bit lines that end in CRLF, without dot-stuffing.
    package var content: [UInt8]

    package init(sender: String, recipient: String, content: [UInt8]) {
        self.sender = sender
        self.recipient = recipient
        self.content = content
    }

    /// The longest address that is sent, in bytes (a path of RFC 5321 section 4.5.3.1.3 without
    /// its brackets).
    package static let addressBytesMax = 254

    /// The refusal of an address that no server must see, or nil.
    ///
    /// A line break or a bracket in an address would let its writer add SMTP commands. Addresses
    /// outside ASCII need SMTPUTF8 (RFC 6531), which is not spoken here.
    var refusal: SMTPOutcome? {
        if !sender.isEmpty && !Self.isAddress(sender) {
            return .refused(.mail, Self.badAddress(enhancedCode: "5.1.7", "sender"))
        }
        if !Self.isAddress(recipient) {
            return .refused(.rcpt, Self.badAddress(enhancedCode: "5.1.3", "recipient"))
        }
        return nil
    }

    private static func isAddress(_ text: String) -> Bool {
        (1...addressBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte > UInt8(ascii: " ") && byte < 0x7F && byte != UInt8(ascii: "<")
                    && byte != UInt8(ascii: ">")
            }
    }

    private static func badAddress(enhancedCode: String, _ role: String) -> SMTPReply {
        SMTPReply(
            code: 553,
            enhancedCode: enhancedCode,
            text: "not sent: the \(role) address is empty, too long, or has a character that SMTP "
                + "does not carry"
        )
    }
}
