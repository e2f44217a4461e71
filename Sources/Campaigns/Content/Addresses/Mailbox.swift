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
        guard text.last == ">", let bracket = text.lastIndex(of: "<") else {
            name = nil
            address = try EmailAddress(String(text))
            return
        }
        address = try EmailAddress(String(text[text.index(after: bracket)...].dropLast()))
        name = try Self.readName(text[..<bracket].trimmingSpaces())
    }

    private static func readName(_ text: Substring) throws(EmailAddressError) -> String? {
        let name = try text.first == "\"" ? readQuotedName(text) : String(text)
        guard name.utf8.count <= maximumNameBytes,
            name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            text.first == "\"" || !name.contains(where: { "<>\"".contains($0) })
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

extension StringProtocol {
    /// The text without the spaces and tabs at its ends.
    func trimmingSpaces() -> SubSequence {
        guard let first = firstIndex(where: { $0 != " " && $0 != "\t" }),
            let last = lastIndex(where: { $0 != " " && $0 != "\t" })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
