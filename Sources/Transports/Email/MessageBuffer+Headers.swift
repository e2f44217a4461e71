import Campaigns

extension MessageBuffer {
    /// Appends a header whose value is ASCII, short, and not to be folded.
    mutating func appendHeader(_ name: String, _ value: String) {
        append(name)
        append(": ")
        append(value)
        endLine()
    }

    /// Appends a header of free text, in encoded words (RFC 2047) unless it can stand as it is.
    mutating func appendUnstructured(_ name: String, _ value: String) {
        append(name)
        append(": ")
        if value.isPlainHeader(longestWord: Self.foldedLine - column) {
            appendFolded(value)
        } else {
            appendEncodedWords(value)
        }
        endLine()
    }

    /// Appends a sender: its name as atoms, as a quoted string or in encoded words.
    mutating func appendMailbox(_ name: String, _ mailbox: Mailbox) {
        append(name)
        append(": ")
        if let display = mailbox.name {
            if display.utf8.count <= Self.longestPlainName, display.isPlainHeader() {
                appendPhrase(display)
            } else {
                appendEncodedWords(display)
            }
            if column + mailbox.address.text.utf8.count + 3 > Self.foldedLine { endLine() }
            append(" <\(mailbox.address.text)>")
        } else {
            append(mailbox.address.text)
        }
        endLine()
    }

    /// Appends a header that the message does not know; checks its name and value.
    mutating func appendCustom(
        _ name: String,
        _ value: String
    ) throws(EmailMessageError) {
        guard !name.isEmpty, name.utf8.count <= Self.longestHeaderName,
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") })
        else { throw .headerName(name) }
        let key = name.lowercased()
        guard !Self.reservedHeaders.contains(key), !key.hasPrefix("content-") else {
            throw .reservedHeader(name)
        }
        guard !value.utf8.contains(where: \.isControl) else {
            throw .controlCharacter(header: name)
        }
        append(name)
        append(": ")
        if value.utf8.allSatisfy({ $0 < 0x80 }) {
            // Structured values, such as addresses in brackets, must not be encoded.
            let longest = value.words.map(\.count).max() ?? 0
            guard column + longest <= Self.maximumLine else { throw .headerTooLong(name) }
            appendFolded(value)
        } else {
            appendEncodedWords(value)
        }
        endLine()
    }

    private static let reservedHeaders: Set<String> = [
        "date", "from", "to", "cc", "bcc", "subject", "message-id", "mime-version",
    ]
    /// Leaves room for an encoded word with the longest character on the first line.
    static let longestHeaderName = 50
    /// Longer names go in encoded words, which can be folded.
    private static let longestPlainName = 60

    /// Breaks lines before a space, so that unfolding gives the value back unchanged.
    private mutating func appendFolded(_ value: String) {
        var isFirst = true
        for word in value.words {
            if !isFirst {
                if !word.isEmpty, column + 1 + word.count > Self.foldedLine { endLine() }
                append(UInt8(ascii: " "))
            }
            append(word)
            isFirst = false
        }
    }

    /// A display name of ASCII: bare where it has letters, digits and spaces only, else in quotes.
    private mutating func appendPhrase(_ name: String) {
        let isBare = name.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0.isLetterOrDigit }
        guard !isBare else { return append(name) }
        append(UInt8(ascii: "\""))
        for byte in name.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                append(UInt8(ascii: "\\"))
            }
            append(byte)
        }
        append(UInt8(ascii: "\""))
    }

    /// Writes words of 75 bytes at most, one on each line, that hold whole characters.
    private mutating func appendEncodedWords(_ text: String) {
        let (prefix, suffix) = ("=?UTF-8?B?", "?=")
        let source = text.utf8.span
        let width = Self.foldedLine - prefix.utf8.count - suffix.utf8.count
        var start = 0
        while start < source.count {
            let room = width - column
            var end = min(start + room / 4 * 3, source.count)
            while end < source.count, source[end].isContinuation { end -= 1 }
            append(prefix)
            appendBase64(source.extracting(start..<end))
            append(suffix)
            start = end
            if start < source.count {
                endLine()
                append(UInt8(ascii: " "))
            }
        }
    }

    private mutating func appendBase64(_ source: Span<UInt8>) {
        var position = 0
        while position < source.count {
            var group: UInt32 = 0
            for offset in 0..<3 {
                let index = position + offset
                group = group << 8 | (index < source.count ? UInt32(source[index]) : 0)
            }
            let digits = min(source.count - position, 3) + 1
            for digit in 0..<4 {
                let value = UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * digit)) & 0x3F
                append(digit < digits ? base64Digit(value) : UInt8(ascii: "="))
            }
            position += 3
        }
    }
}

/// The digit of RFC 4648 section 4 for a value below 64.
private func base64Digit(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
}

extension String {
    /// Whether a reader gets the text back from a header as it stands: ASCII with single spaces
    /// inside, nothing that looks like an encoded word, and no word too long to fold.
    fileprivate func isPlainHeader(longestWord: Int = .max) -> Bool {
        utf8.allSatisfy { $0 < 0x7F } && !hasEncodedWordStart
            && words.allSatisfy { !$0.isEmpty && $0.count <= longestWord }
    }

    private var hasEncodedWordStart: Bool {
        zip(utf8, utf8.dropFirst()).contains { $0 == UInt8(ascii: "=") && $1 == UInt8(ascii: "?") }
    }

    /// What lies between the spaces; empty where two of them meet.
    fileprivate var words: [Substring.UTF8View] {
        utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    }
}

extension UInt8 {
    /// Whether the byte continues a character of UTF-8.
    fileprivate var isContinuation: Bool { self & 0xC0 == 0x80 }

    fileprivate var isLetterOrDigit: Bool {
        switch UnicodeScalar(self) {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
