import Glibc

/// Everything a configuration is read from.
package struct ConfigurationInputs: Sendable {
    static let variablePrefix = "CAMPAIGND_"
    /// Names the file where no flag does; the one variable of the prefix that is no key.
    static let fileVariable = "CAMPAIGND_CONFIG"

    /// The path of the YAML file; nil for none.
    package let file: String?
    /// The whole environment; variables of other programs are ignored.
    package let environment: [String: String]
    /// What the command line sets, by key path: `["dataDir": "/srv/campaigns"]`.
    package let flags: [String: String]
    /// What defaults take from the machine.
    package let host: HostFacts

    /// Takes the file from `$CAMPAIGND_CONFIG` if none is given.
    package init(
        file: String? = nil,
        environment: [String: String] = [:],
        flags: [String: String] = [:],
        host: HostFacts
    ) {
        let variable = environment[Self.fileVariable].flatMap { $0.isEmpty ? nil : $0 }
        self.file = file ?? variable
        self.environment = environment
        self.flags = flags
        self.host = host
    }
}

/// What defaults take from the process.
package struct HostFacts: Sendable {
    /// Whether the process runs as root.
    package let isRoot: Bool

    /// Facts as given, for tests.
    package init(isRoot: Bool) {
        self.isRoot = isRoot
    }

    /// The facts of this process.
    package static func current() -> HostFacts {
        HostFacts(isRoot: geteuid() == 0)
    }
}
