import Mustache

/// One part of a template, checked and parsed once and rendered many times.
struct TemplateBody: Sendable {
    /// The variables that any of its tags names.
    let variables: Set<String>

    private let part: TemplatePart
    private let segments: [Segment]

    private enum Segment {
        case constant(String)
        case mustache(MustacheTemplate)
    }

    /// Checks and parses a source; throws at the first fault.
    init(_ source: String, as part: TemplatePart) throws(TemplateError) {
        let bytes = source.utf8.count
        guard bytes <= part.maximumSourceBytes else { throw .tooLarge(part, bytes: bytes) }
        guard !source.isBlank else { throw .empty(part) }
        if let found = source.utf8.firstIndex(where: part.refuses) {
            throw .controlCharacter(part, line: source[..<found].lineCount + 1)
        }
        self.part = part
        let tags = try TemplateTags(of: source, in: part)
        variables = tags.variables
        segments = try Self.parse(source, regions: tags.regions, as: part)
    }

    /// Renders with the values of `scope`, which notes what was missing.
    func render(_ scope: TemplateScope) throws(RenderError) -> String {
        scope.record.begin(part)
        var text = ""
        for segment in segments {
            switch segment {
            case .constant(let constant): text += constant
            case .mustache(let template): text += template.render(scope)
            }
        }
        guard !scope.record.isOverfull else { throw .tooLarge(part) }
        guard !scope.record.hasControlCharacter else { throw .controlCharacter(part) }
        return text
    }

    /// Gives the library the lines with tags only: text costs nothing to render, and parsing, which
    /// takes the square of what it is given, stays short.
    private static func parse(
        _ source: String,
        regions: [Range<Int>],
        as part: TemplatePart
    ) throws(TemplateError) -> [Segment] {
        var segments: [Segment] = []
        var rest = Substring(source)
        var offset = 0
        var line = 1
        for region in regions {
            let text = rest.takeFirst(region.lowerBound - offset)
            if !text.isEmpty { segments.append(.constant(String(text))) }
            line += text.lineCount
            let tagged = rest.takeFirst(region.count)
            segments.append(.mustache(try parse(tagged, line: line, as: part)))
            line += tagged.lineCount
            offset = region.upperBound
        }
        if !rest.isEmpty { segments.append(.constant(String(rest))) }
        return segments
    }

    private static func parse(
        _ source: Substring,
        line: Int,
        as part: TemplatePart
    ) throws(TemplateError) -> MustacheTemplate {
        let contentType = part == .html ? AttributeSafeHTML.name : "TEXT"
        do {
            // A pragma alone on its line leaves no trace, and what follows is still a first line.
            return try MustacheTemplate(string: "{{%CONTENT_TYPE:\(contentType)}}\n" + source)
        } catch let error as MustacheTemplate.ParserError {
            let line = line + error.context.lineNumber - 2
            throw .tag(part, line: line, .malformed("\(error.error)"))
        } catch {
            throw .tag(part, line: line, .malformed("\(error)"))
        }
    }
}

extension Substring {
    /// Cuts off the first `count` bytes, which end with a line.
    fileprivate mutating func takeFirst(_ count: Int) -> Substring {
        let end = utf8.index(startIndex, offsetBy: count)
        defer { self = self[end...] }
        return self[..<end]
    }

    /// How many lines end in it.
    fileprivate var lineCount: Int { utf8.count { $0 == UInt8(ascii: "\n") } }
}

extension String {
    /// Whether there is nothing to read in it.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
