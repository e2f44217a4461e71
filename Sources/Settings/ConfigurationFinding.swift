/// Where a value of the configuration was written.
package enum ConfigurationSource: Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1, of a key in the file; nil for the file as a whole.
    case file(String, line: Int?)
    /// An environment variable.
    case environment(String)
    /// A flag of the command line, with its dashes.
    case flag(String)
    /// Nowhere: the value is the built-in one.
    case builtIn

    /// The place as it is named in errors: `campaignd.yaml:3`, `environment X`, `flag --x`.
    package var description: String {
        switch self {
        case .file(let path, let line): line.map { "\(path):\($0)" } ?? path
        case .environment(let name): "environment \(name)"
        case .flag(let name): "flag \(name)"
        case .builtIn: "default"
        }
    }

    /// The order in which findings are reported: the file from its top, then the rest.
    var rank: (Int, Int, String) {
        switch self {
        case .file(let path, let line): (0, line ?? 0, path)
        case .environment(let name): (1, 0, name)
        case .flag(let name): (2, 0, name)
        case .builtIn: (3, 0, "")
        }
    }
}

/// One thing that is wrong, or unwise, in the configuration.
package struct ConfigurationFinding: Hashable, Sendable, CustomStringConvertible {
    /// The path of the key, such as `transports.email.port`; empty for a whole file.
    package let key: String
    /// Where the value is written.
    package let source: ConfigurationSource
    /// What is wrong with it.
    package let problem: ConfigurationProblem

    /// `campaignd.yaml:3: workers: "many" is not a whole number from 1 to 128`.
    package var description: String {
        (["\(source)"] + (key.isEmpty ? [] : [key]) + ["\(problem)"]).joined(separator: ": ")
    }
}

/// What is wrong with a key or its value, and what would be right.
///
/// A value is quoted only where its key takes numbers or fixed words, so that a secret that was
/// put where a path, name or address belongs does not end in a log.
package enum ConfigurationProblem: Hashable, Sendable {
    /// No such key; the keys that stand in its place.
    case unknownKey(allowed: [String])
    /// No key goes by this name; the one that comes nearest.
    case unknownName(nearest: String)
    /// The value, where it may be shown, is not what the key takes.
    case invalid(value: String?, allowed: String)
    /// A section, list or single value stands where another of the three belongs.
    case wrongShape(expected: String)
    /// The key holds under a condition that is not met.
    case inapplicable(condition: String, source: ConfigurationSource)
    /// The key must be set, and why.
    case required(because: String)
    /// The value contradicts another one.
    case conflict(String)
    /// A file could not be read, and why.
    case unreadable(String)
    /// The file is not YAML.
    case malformed(String)
    /// It works, but should not be so.
    case unsafe(String)
}

extension ConfigurationProblem: CustomStringConvertible {
    private static let shownCharactersMax = 60

    /// The problem in words, without key and source.
    package var description: String {
        switch self {
        case .unknownKey(let allowed):
            "unknown key; allowed here: \(allowed.joined(separator: ", "))"
        case .unknownName(let nearest): "no key has this name; the nearest is \(nearest)"
        case .invalid(let value?, let allowed):
            "\(String(value.prefix(Self.shownCharactersMax)).debugDescription) is not \(allowed)"
        case .invalid(nil, let allowed): "the value is not \(allowed)"
        case .wrongShape(let expected): "takes \(expected)"
        case .inapplicable(let condition, let source):
            "applies with \(condition) only (\(source)); remove it"
        case .required(let reason): "is required: \(reason)"
        case .conflict(let text), .unsafe(let text): text
        case .unreadable(let cause): "cannot be read: \(cause)"
        case .malformed(let cause): "not YAML: \(cause)"
        }
    }
}

/// Everything that is wrong with a configuration, in the order it is written.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// The faults; never empty.
    package let faults: [ConfigurationFinding]

    /// One fault a line.
    package var description: String { faults.map(\.description).joined(separator: "\n") }
}
