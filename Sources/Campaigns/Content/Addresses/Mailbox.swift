/// A sender: an address, perhaps with a name that readers see.
package struct Mailbox: Hashable, Sendable {
    /// The name as a person would write it, without quotes; never empty.
    package let name: String?
    /// Where the mail comes from.
    package let address: EmailAddress

    /// The most bytes of UTF-8 in a name.
    package static let maximumNameBytes = 256

    /// Reads `local@domain`, `Name <local@domain>` or `"Name, Ltd." <local@domain>`.
    package init(_ text: String) throws(EmailAddressError) {
        let text = text.trimmingSpaces()
        // In bytes: taking text apart by characters costs several times as much.
        guard text.utf8.last == UInt8(ascii: ">"),
            let bracket = text.utf8.lastIndex(of: UInt8(ascii: "<"))
        else {
            name = nil
            address = try EmailAddress(String(text))
            return
        }
        let inside = text.utf8[text.utf8.index(after: bracket)...].dropLast()
        address = try EmailAddress(String(Substring(inside)))
        name = try Self.readName(text[..<bracket].trimmingSpaces())
    }

    private static func readName(_ text: Substring) throws(EmailAddressError) -> String? {
        let name = try text.first == "\"" ? readQuotedName(text) : String(text)
        guard name.utf8.count <= maximumNameBytes,
            name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            text.first == "\"" || !name.utf8.contains(where: \.isBracketOrQuote)
        else { throw .displayName }
        return name.isEmpty ? nil : name
    }

    /// Takes off the quotes and backslashes of RFC 5322 section 3.2.4.
    private static func readQuotedName(_ text: Substring) throws(EmailAddressError) -> String {
        var name = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            switch character {
            case "\"":
                guard rest.isEmpty else { throw .displayName }
                return name
            case "\\":
                guard let escaped = rest.popFirst() else { throw .displayName }
                name.append(escaped)
            default: name.append(character)
            }
        }
        throw .displayName
    }
}

extension UInt8 {
    fileprivate var isBracketOrQuote: Bool {
        self == UInt8(ascii: "<") || self == UInt8(ascii: ">") || self == UInt8(ascii: "\"")
    }

    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension StringProtocol where SubSequence == Substring {
    /// The text without the spaces and tabs at its ends.
    func trimmingSpaces() -> Substring {
        let bytes = self[...].utf8
        guard let first = bytes.firstIndex(where: { !$0.isBlank }),
            let last = bytes.lastIndex(where: { !$0.isBlank })
        else { return self[endIndex...] }
        return Substring(bytes[first...last])
    }
}
