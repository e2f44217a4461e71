/// The shape of the file: which paths are keys, sections or lists.
struct ConfigurationSchema {
    private var keys: Set<String> = []
    private var keysOfTexts: Set<String> = []
    private var keysOfPairs: Set<String> = []
    private var namesBySection: [String: [String]] = [:]

    /// Takes the shape from rows that hold one element of each list.
    init(_ keys: [ConfigurationKey<DaemonConfiguration>]) {
        keysOfTexts = Set(keys.filter(\.isList).map(\.path))
        keysOfPairs = Set(keys.filter(\.isPairs).map(\.path))
        for path in keys.map(\.path) {
            self.keys.insert(path)
            var section = ""
            for name in path.split(separator: ".").map(String.init) {
                let plain = name.hasSuffix("[0]") ? String(name.dropLast(3)) : name
                if namesBySection[section, default: []].contains(plain) == false {
                    namesBySection[section, default: []].append(plain)
                }
                section += section.isEmpty ? name : "." + name
            }
        }
    }

    /// What stands for the name that an operator chose, in a section of such names.
    static let anyName = "<name>"

    /// Whether the members of a section have names of the operator's own.
    func isOfNames(_ path: String) -> Bool { namesBySection[path] == [Self.anyName] }

    /// The path of the one element that the schema knows of a list.
    static func element(of list: String) -> String { list + "[0]" }

    func isKey(_ path: String) -> Bool { keys.contains(path) }

    /// Whether a key takes a list of texts.
    func takesTexts(_ path: String) -> Bool { keysOfTexts.contains(path) }

    /// Whether a key takes a section of pairs.
    func takesPairs(_ path: String) -> Bool { keysOfPairs.contains(path) }

    func isList(_ path: String) -> Bool { namesBySection[Self.element(of: path)] != nil }

    /// The names that may stand in a section, in the order of the table.
    func names(in section: String) -> [String] { namesBySection[section] ?? [] }
}
