package import Campaigns

/// Why an email cannot be composed; nothing of it was sent.
package enum EmailMessageError: Error, Equatable {
    /// A value that could break out of its header.
    case controlCharacter(header: String)
    /// A name that no header can have.
    case headerName(String)
    /// A header that the message writes itself.
    case reservedHeader(String)
    /// A header with a word that does not fit on a line.
    case headerTooLong(String)
    /// A Message-ID that is not `left@right` in visible ASCII.
    case messageID
    /// A body with a NUL byte, which RFC 5322 forbids.
    case nulByte(TemplatePart)
}

extension EmailMessageError: CustomStringConvertible {
    /// What is wrong and what to do about it.
    package var description: String {
        switch self {
        case .controlCharacter(let header):
            "header \(header): has a line break or another control character; remove it"
        case .headerName(let name):
            "header \(name.excerpt): is not a name; use visible ASCII without a colon, at most "
                + "\(MessageBuffer.longestHeaderName) bytes"
        case .reservedHeader(let name):
            "header \(name): is written by the message itself; leave it out"
        case .headerTooLong(let name):
            "header \(name): a word does not fit on a line of \(MessageBuffer.maximumLine) bytes; "
                + "shorten it"
        case .messageID:
            "message id: is not left@right in visible ASCII of at most "
                + "\(EmailMessage.maximumMessageIDBytes) bytes"
        case .nulByte(let part):
            "\(part.rawValue): has a NUL byte; remove it"
        }
    }
}
