/// A configuration that can be run, and what an operator should look at all the same.
package struct LoadedConfiguration: Sendable {
    /// The values, all checked.
    package let configuration: DaemonConfiguration
    /// What works but should not be so; to be logged at the start.
    package let warnings: [ConfigurationFinding]

    /// Reads flags, environment and file, in this order of precedence, and the files of secrets.
    ///
    /// Every source is checked, also where another one outranks it, and all faults are reported at
    /// once. Reads files; call it once, before the daemon serves.
    package init(from inputs: ConfigurationInputs) throws(ConfigurationError) {
        var reader = ConfigurationReader(inputs)
        reader.readValues()
        reader.check()
        guard reader.faults.isEmpty else {
            throw ConfigurationError(
                faults: reader.faults.sorted { $0.source.rank < $1.source.rank }
            )
        }
        configuration = reader.configuration
        warnings = reader.warnings
    }
}

/// Merges the sources by the table of keys and collects what is wrong.
struct ConfigurationReader {
    let inputs: ConfigurationInputs
    let keys: [ConfigurationKey<DaemonConfiguration>]
    /// Where the elements of lists stand, by the list's path.
    let elements: [String: [ConfigurationSource]]
    var configuration = DaemonConfiguration()
    private(set) var faults: [ConfigurationFinding]
    private(set) var warnings: [ConfigurationFinding] = []
    /// The source that set each key, for those that are set.
    private var sources: [String: ConfigurationSource] = [:]
    private var faultyKeys: Set<String> = []
    /// From the weakest source to the strongest.
    private let layers: [ConfigurationLayer]

    init(_ inputs: ConfigurationInputs) {
        self.inputs = inputs
        let prototype = ConfigurationKeys.all(tokens: 1, accounts: [ConfigurationSchema.anyName])
        let file = inputs.file.map {
            ConfigurationFile(path: $0, schema: ConfigurationSchema(prototype))
        }
        elements = file?.elements ?? [:]
        let tokens = elements["http.tokens"]?.count ?? 0
        configuration.http.tokens = Array(repeating: TokenConfiguration(), count: tokens)
        let accounts = file?.names[ConfigurationKeys.accountsSection] ?? []
        configuration.accounts.names = accounts
        keys = ConfigurationKeys.all(tokens: tokens, accounts: accounts)
        layers = [
            file?.layer ?? ConfigurationLayer(),
            .environment(inputs.environment, keys: prototype),
            .flags(inputs.flags, keys: prototype),
        ]
        faults = layers.flatMap(\.faults)
        faultyKeys = Set(faults.map(\.key))
    }

    /// Sets every field that a source has a value for; the strongest source comes last and stays.
    mutating func readValues() {
        for key in keys {
            for entry in layers.compactMap({ $0.entries[key.path] }) {
                sources[key.path] = entry.source
                if let problem = key.assign(entry.text, &configuration) {
                    report(problem, of: key.path, at: entry.source)
                }
            }
        }
    }

    /// Where the value of a key comes from.
    func source(of key: String) -> ConfigurationSource {
        sources[key] ?? .builtIn
    }

    func isSet(_ key: String) -> Bool {
        sources[key] != nil
    }

    /// Whether the values of the keys can be relied on, so that comparing them makes sense.
    func isSound(_ keys: String...) -> Bool {
        faultyKeys.isDisjoint(with: keys)
    }

    /// Records a fault of a key, by default at the source of its value.
    mutating func report(
        _ problem: ConfigurationProblem,
        of key: String,
        at source: ConfigurationSource? = nil
    ) {
        let source = source ?? self.source(of: key)
        faults.append(ConfigurationFinding(key: key, source: source, problem: problem))
        faultyKeys.insert(key)
    }

    mutating func warn(_ text: String, of key: String) {
        warnings.append(
            ConfigurationFinding(key: key, source: source(of: key), problem: .unsafe(text))
        )
    }

    /// Where a relative path of the key starts: the file's folder, or the working directory for
    /// one that comes from a flag or the environment.
    func folder(of key: String) -> String {
        guard case .file(let path, _) = source(of: key) else { return "" }
        return FilePath.folder(of: path)
    }
}
