/// A password or token that no description, debugger dump or mirror shows.
package struct Secret: Sendable {
    private let text: String

    /// Wraps a secret.
    package init(_ text: String) {
        self.text = text
    }

    /// The secret itself, for the one call that hands it to its protocol.
    package func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The same words for every secret.
    package var description: String { "<secret>" }
    /// The same words for every secret.
    package var debugDescription: String { description }
    /// A mirror without children.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
