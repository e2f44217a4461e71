/// One of the texts a template consists of.
package enum TemplatePart: String, Sendable {
    /// The subject line of an email.
    case subject
    /// The plain text: of an email, the SMS, or what a voice call says.
    case text
    /// The HTML body of an email.
    case html

    /// Whether the part cannot carry the byte: a subject no control character, a body no NUL.
    func refuses(_ byte: UInt8) -> Bool { self == .subject ? byte.isControl : byte == 0 }

    /// The largest source a template may have, in bytes of UTF-8.
    package var maximumSourceBytes: Int {
        switch self {
        case .subject: 4 * 1_024
        case .text: 256 * 1_024
        case .html: 1_024 * 1_024
        }
    }

    /// How many bytes of variables, before any escaping, one rendered part may take in.
    package var maximumVariableBytes: Int {
        switch self {
        case .subject: 4 * 1_024
        case .text, .html: 1_024 * 1_024
        }
    }
}
