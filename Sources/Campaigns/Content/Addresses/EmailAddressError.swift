/// Why a text is not an email address, or not a sender.
package enum EmailAddressError: Error, Equatable {
    case empty
    case tooLong
    case notASCII
    case noAtSign
    case emptyLocalPart
    case localPartTooLong
    case quotedLocalPart
    case misplacedDot
    case character(Unicode.Scalar)
    case domainLabel
    case noTopLevelDomain
    case addressLiteral
    /// A display name that is too long, not closed, or holds a control character.
    case displayName
}

extension EmailAddressError: CustomStringConvertible {
    /// What is wrong and what an address needs instead; never the address itself.
    package var description: String {
        switch self {
        case .empty: "is empty"
        case .tooLong: "is longer than \(EmailAddress.maximumBytes) bytes"
        case .notASCII: "has letters outside ASCII; write the domain in its xn-- form"
        case .noAtSign: "has no @"
        case .emptyLocalPart: "has nothing before the @"
        case .localPartTooLong:
            "has more than \(EmailAddress.maximumLocalBytes) bytes before the @"
        case .quotedLocalPart: "has a quoted part before the @, which is not supported"
        case .misplacedDot: "has a dot at the edge of the part before the @, or two in a row"
        case .character(let scalar):
            "has a character that is not allowed: \(String(Character(scalar)).excerpt)"
        case .domainLabel: "has a domain with an empty, over-long or hyphen-edged label"
        case .noTopLevelDomain: "has a domain without a dot, such as example.com has"
        case .addressLiteral: "has an IP address in place of a domain name"
        case .displayName:
            "has a display name that is not readable; write Name <local@domain>, at most "
                + "\(Mailbox.maximumNameBytes) bytes of name, on one line"
        }
    }
}
