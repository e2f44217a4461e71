/// A bare email address, `local@domain`, that mail servers will take.
///
/// The dot-atom form of RFC 5321 section 4.1.2 in ASCII; quoted local parts, IP literals and
/// internationalised addresses are refused (a domain may be written in its `xn--` form).
package struct EmailAddress: Hashable, Sendable {
    /// The address as it was written; mail goes out under this spelling.
    package let text: String
    /// The same in lower case: two addresses are one recipient when these are equal.
    package let normalised: String

    /// The most bytes of a local part (RFC 5321 section 4.5.3.1.1).
    package static let maximumLocalBytes = 64
    /// The most bytes of an address (RFC 5321 section 4.5.3.1.3 less the angle brackets).
    package static let maximumBytes = 254
    private static let maximumLabelBytes = 63

    /// Checks an address that has no white space around it.
    package init(_ text: String) throws(EmailAddressError) {
        let bytes = text.utf8
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.maximumBytes else { throw .tooLong }
        guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .notASCII }
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { throw .noAtSign }
        try Self.check(local: bytes[..<at])
        try Self.check(domain: bytes[bytes.index(after: at)...])
        self.text = text
        self.normalised = text.lowercased()
    }

    /// The part behind the `@`, in lower case.
    package var domain: Substring {
        let at = normalised.utf8.lastIndex(of: UInt8(ascii: "@")) ?? normalised.startIndex
        return normalised[normalised.utf8.index(after: at)...]
    }

    private static func check(local: Substring.UTF8View) throws(EmailAddressError) {
        guard local.first != UInt8(ascii: "\"") else { throw .quotedLocalPart }
        guard local.count <= maximumLocalBytes else { throw .localPartTooLong }
        var previous = UInt8(ascii: ".")
        for byte in local {
            let isDot = byte == UInt8(ascii: ".")
            guard isDot || isAtomText(byte) else { throw .character(UnicodeScalar(byte)) }
            guard !(isDot && previous == byte) else { throw .misplacedDot }
            previous = byte
        }
        guard !local.isEmpty else { throw .emptyLocalPart }
        guard previous != UInt8(ascii: ".") else { throw .misplacedDot }
    }

    private static func check(domain: Substring.UTF8View) throws(EmailAddressError) {
        guard domain.first != UInt8(ascii: "[") else { throw .addressLiteral }
        var labels = 0
        var topLevelIsNumber = true
        var rest: Substring.UTF8View? = domain
        while let domain = rest {
            let dot = domain.firstIndex(of: UInt8(ascii: "."))
            topLevelIsNumber = try check(label: domain[..<(dot ?? domain.endIndex)])
            labels += 1
            rest = dot.map { domain[domain.index(after: $0)...] }
        }
        guard labels > 1 else { throw .noTopLevelDomain }
        guard !topLevelIsNumber else { throw .addressLiteral }
    }

    /// Checks one label of a domain; returns whether it has digits only.
    private static func check(label: Substring.UTF8View) throws(EmailAddressError) -> Bool {
        guard !label.isEmpty, label.count <= maximumLabelBytes,
            label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-")
        else { throw .domainLabel }
        var isNumber = true
        for byte in label {
            switch UnicodeScalar(byte) {
            case "0"..."9": continue
            case "a"..."z", "A"..."Z", "-": isNumber = false
            default: throw .character(UnicodeScalar(byte))
            }
        }
        return isNumber
    }

    /// `atext` of RFC 5322 section 3.2.3.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "!", "#", "$", "%", "&", "'", "*", "+", "-", "/", "=",
            "?", "^", "_", "`", "{", "|", "}", "~":
            true
        default: false
        }
    }
}

extension EmailAddress: CustomStringConvertible {
    /// The address as it was written.
    package var description: String { text }
}
