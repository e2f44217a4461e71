extension FieldFault {
    /// The fault of a template's part, under the part's name.
    init(_ error: TemplateError) {
        let text = error.description
        let prefix = "\(error.part.rawValue): "
        self.init(
            error.part.rawValue,
            text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
        )
    }
}

extension TemplateError {
    /// The part that was refused.
    package var part: TemplatePart {
        switch self {
        case .subjectMissing: .subject
        case .partNotAllowed(let part, _), .empty(let part), .tooLarge(let part, _),
            .controlCharacter(let part, _), .tag(let part, _, _):
            part
        }
    }
}
