/// The tags of one Mustache source, checked one by one.
///
/// swift-mustache renders an unknown transform or partial as nothing and keeps its tokens to
/// itself, so this reads the source a second time, with a grammar a little stricter than the
/// library's: whatever passes here means the same to both.
struct TemplateTags {
    /// How deep sections may nest; the library parses and renders them by recursion.
    static let maximumDepth = 32
    /// The transforms swift-mustache has for text.
    static let transforms: Set<String> = [
        "capitalized", "empty", "lowercased", "reversed", "uppercased",
    ]
    /// The same for a sentence.
    static var transformNames: String { transforms.sorted().joined(separator: ", ") }

    /// The most that one region may cost to parse: its bytes times its braces.
    ///
    /// The library counts the rest of the source at each brace. The limit is about half a second.
    static let maximumEffort = 250_000_000

    /// The variables named by any tag, in sections and conditions too.
    private(set) var variables: Set<String> = []
    /// The whole lines that have tags, or lie in a section, as byte offsets; the rest is plain text.
    private(set) var regions: [Range<Int>] = []

    private let part: TemplatePart
    private let source: [UInt8]
    private var position = 0
    private var line = 1
    private var lineStart = 0
    /// Where the present region began; nil in plain text.
    private var regionStart: Int?
    private var open: [Section] = []

    /// A section that waits for its end.
    private struct Section {
        var tag: String
        var name: String
        var line: Int
        /// Whether `{{.}}` means something inside.
        var hasValue: Bool
    }

    /// Reads every tag of `source`; throws at the first that cannot be used.
    init(of source: String, in part: TemplatePart) throws(TemplateError) {
        self.part = part
        self.source = Array(source.utf8)
        while try skipText() { try readTag() }
        if let section = open.last {
            throw .tag(part, line: section.line, .unclosed(section.tag))
        }
        try endRegion()
    }

    /// Moves behind the next `{{`; false at the end of the source.
    private mutating func skipText() throws(TemplateError) -> Bool {
        while position < source.count {
            if skip("{{") {
                regionStart = regionStart ?? lineStart
                return true
            }
            advance()
            if lineStart == position, open.isEmpty { try endRegion() }
        }
        return false
    }

    /// Ends a region at the start of a line, where the library would begin afresh as well.
    private mutating func endRegion() throws(TemplateError) {
        guard let start = regionStart else { return }
        let region = source[start..<position]
        let braces = region.count { $0 == UInt8(ascii: "{") }
        guard braces * region.count <= Self.maximumEffort else { throw fault(.tooDense) }
        regions.append(start..<position)
        regionStart = nil
    }

    private mutating func readTag() throws(TemplateError) {
        guard position < source.count else { throw fault(.unfinished) }
        let sigil = source[position]
        switch UnicodeScalar(sigil) {
        case "!": try skipComment()
        case ">": throw fault(.partial)
        case "<", "$": throw fault(.inheritance)
        case "=": throw fault(.delimiters)
        case "%": throw fault(.pragma)
        case "#", "^":
            position += 1
            try openSection(isInverted: sigil == UInt8(ascii: "^"))
        case "/":
            position += 1
            try closeSection()
        case "{":
            position += 1
            try readVariable(end: "}}}")
        case "&":
            position += 1
            try readVariable(end: "}}")
        default: try readVariable(end: "}}")
        }
    }

    private mutating func skipComment() throws(TemplateError) {
        let start = line
        while position < source.count {
            if skip("}}") { return }
            advance()
        }
        throw .tag(part, line: start, .unfinished)
    }

    private mutating func readVariable(end: String) throws(TemplateError) {
        _ = try use(try readExpression(end: end))
    }

    private mutating func openSection(isInverted: Bool) throws(TemplateError) {
        let expression = try readExpression(end: "}}")
        let yieldsFlag = try use(expression)
        guard open.count < Self.maximumDepth else { throw fault(.tooDeep) }
        let section = Section(
            tag: (isInverted ? "^" : "#") + expression,
            name: expression,
            line: line,
            hasValue: hasCurrentValue || !(isInverted || yieldsFlag)
        )
        open.append(section)
    }

    private mutating func closeSection() throws(TemplateError) {
        let name = try readExpression(end: "}}")
        guard let section = open.last, section.name == name else {
            throw fault(.wrongClose(found: name, expected: open.last?.tag))
        }
        open.removeLast()
    }

    private var hasCurrentValue: Bool { open.last?.hasValue ?? false }

    /// Notes the variable of `transform(transform(name))`; tells whether the value is a yes or no.
    private mutating func use(_ expression: String) throws(TemplateError) -> Bool {
        var pieces = expression.split(separator: "(", omittingEmptySubsequences: false)
        let closing = String(repeating: ")", count: pieces.count - 1)
        guard let last = pieces.popLast(), last.hasSuffix(closing) else {
            throw fault(.badName(expression))
        }
        let name = last.dropLast(closing.count)
        try use(name: String(name), in: expression)
        for (depth, transform) in pieces.enumerated() {
            guard Self.transforms.contains(String(transform)) else {
                throw fault(.unknownTransform(String(transform)))
            }
            if transform == "empty", depth > 0 { throw fault(.emptyIsNotOutermost) }
        }
        return pieces.first == "empty"
    }

    private mutating func use(name: String, in expression: String) throws(TemplateError) {
        if name == "." {
            guard hasCurrentValue else { throw fault(.noCurrentValue) }
            return
        }
        guard !name.isEmpty, !name.contains(")") else { throw fault(.badName(expression)) }
        guard !name.contains(".") else { throw fault(.dottedName(name)) }
        variables.insert(name)
    }

    /// Reads up to `end` and takes the spaces off both sides.
    private mutating func readExpression(end: String) throws(TemplateError) -> String {
        skipSpaces()
        let start = position
        while position < source.count, Self.isExpression(source[position]) { position += 1 }
        let expression = String(decoding: source[start..<position], as: UTF8.self)
        skipSpaces()
        guard skip(end) else { throw fault(faultOfExpression(from: start)) }
        return expression
    }

    /// Tells a strange name from a tag that is not closed on its line.
    private func faultOfExpression(from start: Int) -> TagFault {
        let line = String(decoding: source[start...].prefix { !Self.isNewline($0) }, as: UTF8.self)
        let pieces = line.split(separator: "}}", maxSplits: 1, omittingEmptySubsequences: false)
        let isValid = pieces[0].utf8.allSatisfy(Self.isExpression)
        return pieces.count == 1 || isValid ? .unfinished : .badName(String(pieces[0]))
    }

    private mutating func skipSpaces() {
        while position < source.count, Self.isSpace(source[position]) { position += 1 }
    }

    private mutating func skip(_ text: String) -> Bool {
        guard source[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    /// Moves over one byte of text or comment, counting lines.
    private mutating func advance() {
        position += 1
        if source[position - 1] == UInt8(ascii: "\n") {
            line += 1
            lineStart = position
        }
    }

    private func fault(_ fault: TagFault) -> TemplateError { .tag(part, line: line, fault) }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func isNewline(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    /// Whether the library takes the byte as part of a name or of a transform.
    private static func isExpression(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_", "?", "*", "(", ")": true
        default: false
        }
    }
}
