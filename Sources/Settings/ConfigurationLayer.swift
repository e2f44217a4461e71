/// The values that one source sets, by key path, each with the place where it is written.
struct ConfigurationLayer {
    /// One value, as text.
    struct Entry {
        let text: String
        let source: ConfigurationSource
    }

    var entries: [String: Entry] = [:]
    var faults: [ConfigurationFinding] = []

    mutating func report(
        _ problem: ConfigurationProblem,
        of key: String,
        at source: ConfigurationSource
    ) {
        faults.append(ConfigurationFinding(key: key, source: source, problem: problem))
    }
}

extension ConfigurationLayer {
    /// The keys among the environment's variables; those of other programs are left alone.
    static func environment(
        _ variables: [String: String],
        keys: [ConfigurationKey<DaemonConfiguration>]
    ) -> ConfigurationLayer {
        let own = variables.filter { name, _ in
            name.hasPrefix(ConfigurationInputs.variablePrefix)
                && name != ConfigurationInputs.fileVariable
        }
        return ConfigurationLayer(own, named: \.variable, keys: keys) { .environment($0) }
    }

    static func flags(
        _ flags: [String: String],
        keys: [ConfigurationKey<DaemonConfiguration>]
    ) -> ConfigurationLayer {
        ConfigurationLayer(flags, named: \.flag, keys: keys) { .flag($0) }
    }

    private init(
        _ values: [String: String],
        named name: (ConfigurationKey<DaemonConfiguration>) -> String?,
        keys: [ConfigurationKey<DaemonConfiguration>],
        source: (String) -> ConfigurationSource
    ) {
        let paths = keys.reduce(into: [String: String]()) { paths, key in
            if let name = name(key) { paths[name] = key.path }
        }
        for (name, text) in values {
            if let path = paths[name] {
                entries[path] = Entry(text: text, source: source(name))
            } else {
                let nearest = EditDistance.nearest(to: name, in: paths.keys.sorted())
                report(.unknownName(nearest: nearest), of: "", at: source(name))
            }
        }
    }
}

/// How far apart two names are, to guess which one was meant.
enum EditDistance {
    /// The name that is the fewest edits away, the first of equals; `names` is not empty.
    static func nearest(to name: String, in names: [String]) -> String {
        names.min { between(name, $0) < between(name, $1) } ?? ""
    }

    /// The Levenshtein distance, in letters put in, taken out or changed.
    static func between(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, letter) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let change = diagonal + (letter == right[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
