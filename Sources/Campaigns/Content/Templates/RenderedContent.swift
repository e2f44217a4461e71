/// What one recipient gets: a template filled with the values of one contact.
package struct RenderedContent: Hashable, Sendable {
    /// One line without control characters; set for email only.
    package var subject: String?
    /// The plain text.
    package var text: String
    /// The HTML body; set for email only, and not for every email.
    package var html: String?

    /// Makes a content from its finished texts.
    package init(subject: String? = nil, text: String, html: String? = nil) {
        self.subject = subject
        self.text = text
        self.html = html
    }
}

/// Why a message could not be rendered; its contact is excluded, the others go on.
package enum RenderError: Error, Equatable {
    /// Variables that are absent or empty though the template prints them, in order.
    case missingVariables([String])
    /// A value with a character that its part cannot carry: in a subject any control character.
    case controlCharacter(TemplatePart)
    /// The variables of a part add up to more than `TemplatePart.maximumVariableBytes`.
    case tooLarge(TemplatePart)
    /// The text came out with nothing but white space in it.
    case blankText
}

extension RenderError: CustomStringConvertible {
    /// What is wrong and what to do about it.
    package var description: String {
        switch self {
        case .missingVariables(let names):
            "no value for \(names.joined(separator: ", ")); fill the column, or guard the tag in "
                + "the template with {{#name}}…{{/name}}"
        case .controlCharacter(.subject):
            "subject: a value holds a line break or another control character; clean the column"
        case .controlCharacter(let part):
            "\(part.rawValue): a value holds a NUL byte; clean the column"
        case .tooLarge(let part):
            "\(part.rawValue): its variables exceed \(part.maximumVariableBytes) bytes; "
                + "shorten them"
        case .blankText:
            "text: nothing is left of it for this contact; give the template an else part {{^name}}"
        }
    }
}
