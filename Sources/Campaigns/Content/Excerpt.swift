extension StringProtocol {
    /// The beginning of a value from outside, safe to put in an error: at most 60 characters, in
    /// quotes, with control characters (which could drive a terminal) shown as U+FFFD.
    package var excerpt: String {
        var shown = "\""
        for scalar in unicodeScalars.prefix(excerptLength) {
            let isControl = scalar.properties.generalCategory == .control
            shown.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        if unicodeScalars.dropFirst(excerptLength).first != nil { shown += "…" }
        return shown + "\""
    }
}

/// Characters of a value that an error shows.
private let excerptLength = 60
