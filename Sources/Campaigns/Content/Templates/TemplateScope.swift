import Mustache

/// The values one message offers to a template, and a record of what the template missed.
///
/// Made for one render and used by one thread.
struct TemplateScope: MustacheParent {
    let values: [String: String]
    let record: RenderRecord

    func child(named name: String) -> Any? {
        TemplateCell(name: name, text: values[name] ?? "", record: record)
    }
}

/// What happened while a message was rendered.
final class RenderRecord {
    /// The empty variables that a tag printed, rather than only asked about.
    fileprivate(set) var missing: Set<String> = []
    /// Whether a value of the part has a character that the part cannot carry.
    private(set) var hasControlCharacter = false

    private var part = TemplatePart.text
    /// Bytes of variables that the part may still take in; negative once there were too many.
    private var remainingBytes = 0

    /// Whether the variables of the part were too long in sum.
    var isOverfull: Bool { remainingBytes < 0 }

    /// Begins a part, with an allowance of its own.
    func begin(_ part: TemplatePart) {
        self.part = part
        remainingBytes = part.maximumVariableBytes
        hasControlCharacter = false
    }

    fileprivate func take(_ text: String) -> String {
        remainingBytes -= text.utf8.count
        guard !isOverfull else { return "" }
        if text.utf8.contains(where: part.refuses) { hasControlCharacter = true }
        return text
    }
}

/// A variable as the template sees it: as a section it is false when empty, and to print it then
/// is the mistake that the record keeps.
private struct TemplateCell: MustacheParent, MustacheCustomRenderable, MustacheTransformable {
    let name: String
    let text: String
    let record: RenderRecord

    var isNull: Bool { text.isEmpty }

    var renderText: String {
        if text.isEmpty { record.missing.insert(name) }
        return record.take(text)
    }

    /// A cell has no parts, so look-ups inside its section go on to the scope.
    func child(named: String) -> Any? { nil }

    func transform(_ name: String) -> Any? {
        switch text.transform(name) {
        case let flag as Bool: flag
        case let text as any StringProtocol: with(String(text))
        default: nil
        }
    }

    private func with(_ text: String) -> TemplateCell {
        TemplateCell(name: name, text: text, record: record)
    }
}
