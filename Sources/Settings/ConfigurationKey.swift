/// A field of a section, as a row of the table refers to it.
typealias Field<Root, Value> = any WritableKeyPath<Root, Value> & Sendable

/// One row of the table of keys: where a value lies, what it may be, and what it is for.
///
/// Rows are written against the section they belong to and then lifted to the whole configuration,
/// so that sections that look alike share their rows.
struct ConfigurationKey<Root>: Sendable {
    /// The path, such as `transports.email.retry.first`.
    let path: String
    /// The path with the sections that look alike as one: `transports.<channel>.retry.first`.
    let pattern: String
    let allowed: String
    /// Whether the file may give it as a list of texts.
    let isList: Bool
    /// Whether the file may give it as a section of pairs.
    let isPairs: Bool
    /// The default, in words, where it is not a fixed value.
    let defaultNote: String?
    let help: String
    /// When the key may be set; nil if always.
    var condition: ConfigurationCondition<Root>?
    /// Sets the field from a text, or says why it cannot.
    let assign: @Sendable (String, inout Root) -> ConfigurationProblem?
    /// The value of the field, as it would be written.
    let written: @Sendable (Root) -> String

    init<Value>(
        _ path: String,
        _ field: Field<Root, Value>,
        _ syntax: ValueSyntax<Value>,
        default defaultNote: String? = nil,
        when condition: ConfigurationCondition<Root>? = nil,
        _ help: String
    ) {
        self.path = path
        self.pattern = path
        self.allowed = syntax.allowed
        self.isList = syntax.isList
        self.isPairs = syntax.isPairs
        self.defaultNote = defaultNote
        self.help = help
        self.condition = condition
        self.assign = { text, root in
            guard let value = syntax.read(text) else {
                let culprit = syntax.isShown ? syntax.culprit(text) : nil
                return .invalid(value: culprit, allowed: syntax.allowed)
            }
            root[keyPath: field] = value
            return nil
        }
        self.written = { root in syntax.write(root[keyPath: field]) }
    }

    private init<Section>(
        _ key: ConfigurationKey<Section>,
        under path: String,
        pattern: String,
        at field: Field<Root, Section>,
        default defaultNote: String?
    ) {
        self.path = "\(path).\(key.path)"
        self.pattern = "\(pattern).\(key.pattern)"
        self.allowed = key.allowed
        self.isList = key.isList
        self.isPairs = key.isPairs
        self.defaultNote = defaultNote ?? key.defaultNote
        self.help = key.help
        self.condition = key.condition?.lifted(under: path, at: field)
        self.assign = { text, root in key.assign(text, &root[keyPath: field]) }
        self.written = { root in key.written(root[keyPath: field]) }
    }

    /// The row as it stands in a configuration that holds the section at `field`.
    func lifted<Outer>(
        under path: String,
        pattern: String? = nil,
        at field: Field<Outer, Root>,
        default defaultNote: String? = nil
    ) -> ConfigurationKey<Outer> {
        ConfigurationKey<Outer>(
            self,
            under: path,
            pattern: pattern ?? path,
            at: field,
            default: defaultNote
        )
    }
}

/// The value that another key must have for a key to apply.
struct ConfigurationCondition<Root>: Sendable {
    /// The path of the key that decides.
    let key: String
    /// What it must be, as it is written.
    let value: String
    let holds: @Sendable (Root) -> Bool

    func lifted<Outer>(
        under path: String,
        at field: Field<Outer, Root>
    ) -> ConfigurationCondition<Outer> {
        ConfigurationCondition<Outer>(
            key: "\(path).\(key)",
            value: value,
            holds: { holds($0[keyPath: field]) }
        )
    }
}

extension ConfigurationKey {
    /// The environment variable, such as `CAMPAIGND_TRANSPORTS_EMAIL_HOST`; nil where only the file can set it.
    var variable: String? { Self.isFileOnly(pattern) ? nil : Self.variable(for: path) }

    /// The flag, such as `--transports-email-host`; nil where only the file can set it.
    var flag: String? {
        Self.isFileOnly(pattern) ? nil : "--" + Self.words(path, separator: "-").lowercased()
    }

    /// The environment variable of a path or a pattern; nil within a list.
    static func variable(for path: String) -> String? {
        isFileOnly(path)
            ? nil
            : ConfigurationInputs.variablePrefix + words(path, separator: "_").uppercased()
    }

    /// Whether a pattern has members that only the file names: elements of a list, or of a section
    /// with names of the operator's own.
    private static func isFileOnly(_ pattern: String) -> Bool {
        pattern.contains("[") || pattern.contains(ConfigurationSchema.anyName)
    }

    /// The words of a path in camel case: `jobs.maxAttempts` gives `jobs_max_Attempts`, and
    /// `sms.baseURL` gives `sms_base_URL`.
    private static func words(_ path: String, separator: String) -> String {
        var words = ""
        var isInCapitals = false
        for character in path {
            let beginsWord = character.isUppercase && !isInCapitals
            words += character == "." || beginsWord ? separator : ""
            words += character == "." ? "" : String(character)
            isInCapitals = character.isUppercase
        }
        return words
    }
}
