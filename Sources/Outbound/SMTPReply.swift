/// A server's reply to one command (RFC 5321 section 4.2).
package struct SMTPReply: Sendable, Hashable, CustomStringConvertible {
    /// The three-digit reply code.
    package let code: Int
    /// The enhanced status code of RFC 3463, such as `5.1.1`, where the server gave one.
    package let enhancedCode: String?
    /// The reply's text on one line, without codes and without control characters.
    package let text: String

    package init(code: Int, enhancedCode: String?, text: String) {
        self.code = code
        self.enhancedCode = enhancedCode
        self.text = text
    }

    package var description: String {
        [String(code), enhancedCode, text.isEmpty ? nil : text].compactMap(\.self)
            .joined(separator: " ")
    }
}

extension SMTPReply {
    /// Reads codes and text out of a complete reply's lines.
    init(_ raw: RawSMTPReply) {
        var enhancedCode: String?
        var text = ""
        for line in raw.lines {
            var words = line.dropFirst(RawSMTPReply.codeBytes)
            if let length = Self.enhancedCodeLength(words) {
                enhancedCode = enhancedCode ?? String(decoding: words.prefix(length), as: UTF8.self)
                words = words.dropFirst(length)
            }
            let printable = words.lazy.map { $0 < UInt8(ascii: " ") || $0 == 0x7F ? 0x20 : $0 }
            let part = String(decoding: printable, as: UTF8.self).drop(while: { $0 == " " })
            if !text.isEmpty && !part.isEmpty { text += " " }
            text += part
        }
        self.init(code: raw.code, enhancedCode: enhancedCode, text: text)
    }

    /// The length of `class.subject.detail` at the start of a line's text, or nil.
    private static func enhancedCodeLength(_ words: ArraySlice<UInt8>) -> Int? {
        let word = words.prefix { $0 != UInt8(ascii: " ") }
        let parts = word.split(
            separator: UInt8(ascii: "."),
            maxSplits: 3,
            omittingEmptySubsequences: false
        )
        guard parts.count == 3, [[0x32], [0x34], [0x35]].contains(Array(parts[0])),
            parts.allSatisfy({ (1...3).contains($0.count) && $0.allSatisfy(isDigit) })
        else { return nil }
        return word.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
