/// The table of keys as people read it.
package enum ConfigurationReference {
    /// The table of `docs/configuration.md`, in Markdown.
    package static func markdownTable() -> String {
        let keys = ConfigurationKeys.all(tokens: 1, accounts: [ConfigurationSchema.anyName])
        let patterns = keys.map(\.pattern).reduce(into: [String]()) { patterns, pattern in
            if !patterns.contains(pattern) { patterns.append(pattern) }
        }
        let rows = patterns.map { pattern in
            row(pattern, keys: keys.filter { $0.pattern == pattern })
        }
        let head = ["Key", "Default", "Allowed", "Environment variable", "Meaning"]
        return ([head, head.map { _ in "---" }] + rows).map(line).joined()
    }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |\n"
    }

    /// One line for the rows that share a pattern and are not empty.
    private static func row(
        _ pattern: String,
        keys: [ConfigurationKey<DaemonConfiguration>]
    ) -> [String] {
        let condition = keys.first?.condition.map { " Only with `kind: \($0.value)`." } ?? ""
        let variable = ConfigurationKey<DaemonConfiguration>.variable(for: pattern)
        return [
            "`\(pattern)`",
            cell(keys, defaultText),
            cell(keys, \.allowed),
            variable.map { "`\($0)`" } ?? "file only",
            (keys.first?.help ?? "") + condition,
        ]
    }

    /// What the rows have in common, or what each has: `` email: `resend`; sms, voice: `hold` ``.
    private static func cell(
        _ keys: [ConfigurationKey<DaemonConfiguration>],
        _ text: (ConfigurationKey<DaemonConfiguration>) -> String
    ) -> String {
        let texts = keys.map(text)
        let distinct = texts.indices.filter { texts.firstIndex(of: texts[$0]) == $0 }.map {
            texts[$0]
        }
        if distinct.count == 1 { return distinct[0] }
        return distinct.map { value in
            let names = zip(keys, texts).filter { $0.1 == value }.map { variant(of: $0.0) }
            return "\(names.joined(separator: ", ")): \(value)"
        }.joined(separator: "; ")
    }

    /// What stands in a path where its pattern has a placeholder.
    private static func variant(of key: ConfigurationKey<DaemonConfiguration>) -> String {
        let parts = zip(key.path.split(separator: "."), key.pattern.split(separator: "."))
        return parts.first { $0 != $1 }.map { String($0.0) } ?? key.path
    }

    private static func defaultText(_ key: ConfigurationKey<DaemonConfiguration>) -> String {
        if let note = key.defaultNote { return note }
        let written = key.written(DaemonConfiguration())
        return written.isEmpty ? "none" : "`\(written)`"
    }
}
