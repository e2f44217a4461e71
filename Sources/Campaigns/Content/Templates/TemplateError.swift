/// Why a template was refused when it was put.
package enum TemplateError: Error, Equatable {
    /// An email without subject.
    case subjectMissing
    /// A part that the channel does not have.
    case partNotAllowed(TemplatePart, channel: Channel)
    /// A part with nothing in it, or nothing but white space.
    case empty(TemplatePart)
    /// A part above `TemplatePart.maximumSourceBytes`.
    case tooLarge(TemplatePart, bytes: Int)
    /// A control character that the part cannot carry; lines count from 1.
    case controlCharacter(TemplatePart, line: Int)
    /// A tag that cannot be used; lines count from 1.
    case tag(TemplatePart, line: Int, TagFault)
}

/// What is wrong with a Mustache tag.
package enum TagFault: Equatable, Sendable {
    /// `{{` without its `}}`.
    case unfinished
    /// A name that is missing, or holds a character that names cannot have.
    case badName(String)
    /// `{{a.b}}`: variables are flat.
    case dottedName(String)
    /// `{{.}}` outside a section that has a value.
    case noCurrentValue
    /// A transform that does not exist for text.
    case unknownTransform(String)
    /// `empty` applied before another transform, which would leave nothing to print.
    case emptyIsNotOutermost
    /// `{{>name}}`.
    case partial
    /// `{{<name}}` or `{{$name}}`.
    case inheritance
    /// `{{=<% %>=}}`.
    case delimiters
    /// `{{%NAME: value}}`.
    case pragma
    /// `{{/found}}` where `expected` has to be closed first; nil where nothing is open.
    case wrongClose(found: String, expected: String?)
    /// A section that is never closed.
    case unclosed(String)
    /// Sections nested deeper than `TemplateTags.maximumDepth`.
    case tooDeep
    /// More braces on one line, or in one section, than can be parsed in good time.
    case tooDense
    /// Refused by the Mustache library for a reason of its own.
    case malformed(String)
}

extension TemplateError: CustomStringConvertible {
    /// What is wrong, where, and what to do about it.
    package var description: String {
        switch self {
        case .subjectMissing:
            "subject: an email template needs one; give a subject"
        case .partNotAllowed(let part, let channel):
            "\(part.rawValue): a template for \(channel.rawValue) has none; leave it out"
        case .empty(let part):
            "\(part.rawValue): is empty; give it some content"
        case .tooLarge(let part, let bytes):
            "\(part.rawValue): has \(bytes) bytes; the limit is \(part.maximumSourceBytes)"
        case .controlCharacter(.subject, _):
            "subject: holds a line break or another control character; put it on one line"
        case .controlCharacter(let part, let line):
            "\(part.rawValue), line \(line): holds a NUL byte; remove it"
        case .tag(let part, let line, let fault):
            "\(part.rawValue), line \(line): \(fault)"
        }
    }
}

extension TagFault: CustomStringConvertible {
    /// What is wrong and what to do about it.
    package var description: String {
        switch self {
        case .unfinished:
            "a tag is not finished; close it with }} (}}} after {{{) on the same line"
        case .badName(let name):
            "\(name.excerpt) is not a name; use letters A-Z, digits, - _ ? * without spaces"
        case .dottedName(let name):
            "\(name.excerpt) has a dot, and variables have no parts; use the name of a column"
        case .noCurrentValue:
            "{{.}} stands for the value of a section; use it inside {{#name}}…{{/name}}"
        case .unknownTransform(let name):
            "\(name.excerpt) is not a transform; there are \(TemplateTags.transformNames)"
        case .emptyIsNotOutermost:
            "empty() yields yes or no, which no other transform takes; apply it last"
        case .partial:
            "partials ({{>name}}) are not supported; put the text in the template itself"
        case .inheritance:
            "inheritance ({{<name}}, {{$name}}) is not supported; put the text in the template itself"
        case .delimiters:
            "other delimiters ({{=…=}}) are not supported; keep {{ and }}"
        case .pragma:
            "pragmas ({{%…}}) are not supported; each part has its content type already"
        case .wrongClose(let found, let expected?):
            "{{/\(found)}} closes nothing here; close {{\(expected)}} first"
        case .wrongClose(let found, nil):
            "{{/\(found)}} closes nothing; open it with {{#\(found)}} or remove it"
        case .unclosed(let name):
            "{{\(name)}} is never closed; add its {{/…}}"
        case .tooDeep:
            "more than \(TemplateTags.maximumDepth) sections lie inside each other; use fewer"
        case .tooDense:
            "a line or section has too many braces for its size; break the line, divide the section"
        case .malformed(let reason):
            "cannot be read (\(reason)); look at the braces and at what directly follows them"
        }
    }
}
