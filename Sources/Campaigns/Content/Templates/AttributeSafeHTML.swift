import Mustache

/// Escapes text for HTML, in element content and in quoted attributes.
///
/// The library's own type looks at characters, so it passes a quote that a combining mark follows,
/// which to a browser is still the end of the attribute. This one looks at bytes.
struct AttributeSafeHTML: MustacheContentType {
    /// The name under which templates ask for it; the first use registers it.
    static let name: String = {
        MustacheContentTypes.register(AttributeSafeHTML(), named: "ATTRIBUTE-SAFE-HTML")
        return "ATTRIBUTE-SAFE-HTML"
    }()

    func escapeText(_ text: String) -> String {
        guard text.utf8.contains(where: { Self.entity(for: $0) != nil }) else { return text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count * 2)
        for byte in text.utf8 {
            if let entity = Self.entity(for: byte) {
                escaped.append(contentsOf: entity.utf8)
            } else {
                escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func entity(for byte: UInt8) -> String? {
        switch UnicodeScalar(byte) {
        case "<": "&lt;"
        case ">": "&gt;"
        case "&": "&amp;"
        case "\"": "&quot;"
        case "'": "&#39;"
        default: nil
        }
    }
}
