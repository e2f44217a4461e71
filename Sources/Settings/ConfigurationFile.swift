import Yams

/// The layer of a YAML file: every value is taken as the text that is written there.
///
/// YAML's own types are not used, so `region: NO` is no boolean and `mode: 0660` no number.
struct ConfigurationFile {
    static let bytesMax = 1_000_000

    private let path: String
    private let schema: ConfigurationSchema
    private(set) var layer = ConfigurationLayer()
    /// Where the elements of each list stand, by the list's path, and each member of a section of
    /// names, by its own.
    private(set) var elements: [String: [ConfigurationSource]] = [:]
    /// The names an operator chose, by the section they stand in.
    private(set) var names: [String: [String]] = [:]

    init(path: String, schema: ConfigurationSchema) {
        self.path = path
        self.schema = schema
        do {
            guard let root = try Self.parse(path) else { return }
            visitSection(root, at: Position(source: source(of: root)))
        } catch {
            layer.report(error.problem, of: "", at: .file(path, line: error.line))
        }
    }

    /// Why there is nothing to walk.
    private struct Unusable: Error {
        let problem: ConfigurationProblem
        var line: Int?
    }

    private static func parse(_ path: String) throws(Unusable) -> Node? {
        do {
            let contents = try FileContents(of: path, bytesMax: bytesMax)
            guard let yaml = String(validating: contents.bytes, as: UTF8.self) else {
                throw Unusable(problem: .malformed("it is not UTF-8"))
            }
            // The basic resolver gives scalars no types, and so needs no regular expressions.
            return try Parser(yaml: yaml, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as Unusable {
            throw error
        } catch let error as YamlError {
            let (cause, line) = error.causeAndLine
            throw Unusable(problem: .malformed(cause), line: line)
        } catch {
            throw Unusable(problem: .unreadable("\(error)"))
        }
    }

    /// Where the walk is: the path as reported, and the path in the schema, which knows one
    /// element of each list.
    private struct Position {
        var path = ""
        var schemaPath = ""
        var source: ConfigurationSource

        func child(_ name: String, _ source: ConfigurationSource) -> Position {
            let dot = path.isEmpty ? "" : "."
            return Position(
                path: path + dot + name,
                schemaPath: schemaPath + dot + name,
                source: source
            )
        }
    }

    private mutating func visit(_ node: Node, at position: Position) {
        let path = position.schemaPath
        if schema.isKey(path) {
            visitValue(node, at: position)
        } else if schema.isList(path) {
            visitList(node, at: position)
        } else if schema.isOfNames(path) {
            visitNames(node, at: position)
        } else {
            visitSection(node, at: position)
        }
    }

    private mutating func visitSection(_ node: Node, at position: Position) {
        let names = schema.names(in: position.schemaPath)
        // A section whose keys are all commented out is null, and that is no fault.
        if node.isNull { return }
        guard case .mapping(let mapping) = node else {
            let expected = "a section with the keys \(names.joined(separator: ", "))"
            return report(.wrongShape(expected: expected), at: position)
        }
        for (key, value) in mapping {
            let child = position.child(key.scalar?.string ?? "?", source(of: key))
            if let name = key.scalar?.string, names.contains(name) {
                visit(value, at: child)
            } else {
                report(.unknownKey(allowed: names), at: child)
            }
        }
    }

    private mutating func visitList(_ node: Node, at position: Position) {
        if node.isNull { return }
        guard case .sequence(let sequence) = node else {
            return report(.wrongShape(expected: "a list"), at: position)
        }
        elements[position.schemaPath] = sequence.map { source(of: $0) }
        for (index, element) in sequence.enumerated() {
            let place = Position(
                path: "\(position.path)[\(index)]",
                schemaPath: ConfigurationSchema.element(of: position.schemaPath),
                source: source(of: element)
            )
            visitSection(element, at: place)
        }
    }

    /// A section whose members have names of the operator's own.
    private mutating func visitNames(_ node: Node, at position: Position) {
        if node.isNull { return }
        guard case .mapping(let mapping) = node else {
            return report(.wrongShape(expected: "a section with names"), at: position)
        }
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            var child = position.child(name, source(of: key))
            child.schemaPath = "\(position.schemaPath).\(ConfigurationSchema.anyName)"
            guard Self.isName(name) else {
                let allowed = "a name of small letters, digits and hyphens, other than local"
                report(.invalid(value: name, allowed: allowed), at: child)
                continue
            }
            names[position.path, default: []].append(name)
            elements[child.path] = [child.source]
            visitSection(value, at: child)
        }
    }

    private static func isName(_ text: String) -> Bool {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
        return (1...40).contains(text.count) && text.allSatisfy(letters.contains)
            && text.first != "-" && text != "local"
    }

    private mutating func visitValue(_ node: Node, at position: Position) {
        if case .sequence(let sequence) = node, !sequence.isEmpty,
            schema.takesTexts(position.schemaPath)
        {
            let words = sequence.compactMap { $0.scalar?.string }
            if words.count == sequence.count {
                let text = words.joined(separator: String(listSeparator))
                // One word alone holds a separator too: it is a list with one value.
                layer.entries[position.path] = .init(
                    text: text + String(listSeparator),
                    source: position.source
                )
                return
            }
        }
        if case .mapping(let mapping) = node, schema.takesPairs(position.schemaPath) {
            let pairs = mapping.map { key, value in
                "\(key.scalar?.string ?? "?")=\(value.scalar?.string ?? "?")"
            }
            layer.entries[position.path] = .init(
                text: pairs.joined(separator: ","),
                source: position.source
            )
            return
        }
        guard case .scalar(let scalar) = node, !node.isNull else {
            let expected = "one value; write \"\" for an empty one"
            return report(.wrongShape(expected: expected), at: position)
        }
        layer.entries[position.path] = .init(text: scalar.string, source: position.source)
    }

    private mutating func report(_ problem: ConfigurationProblem, at position: Position) {
        layer.report(problem, of: position.path, at: position.source)
    }

    private func source(of node: Node) -> ConfigurationSource {
        .file(path, line: node.mark?.line)
    }
}

extension Node {
    /// Whether nothing is written, or one of the words that YAML's core schema reads as nothing.
    fileprivate var isNull: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}

extension YamlError {
    /// What is wrong and where; unlike the description it quotes nothing of the file.
    fileprivate var causeAndLine: (String, Int?) {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (problem, mark.line)
        case .duplicatedKeysInMapping(let keys, let context):
            ("written twice: \(keys.joined(separator: ", "))", context.mark.line)
        case .reader(let problem, let offset, _, let yaml):
            (problem, offset.map { 1 + yaml.prefix($0).count(where: \.isNewline) })
        default:
            ("it cannot be parsed", nil)
        }
    }
}
