import Testing

@testable import Campaigns

@Suite("Template: what is refused when it is put", .timeLimit(.minutes(10)))
struct CompiledTemplateTests {
    private func fault(ofText text: String) -> TemplateError? {
        #expect(throws: TemplateError.self) {
            try CompiledTemplate(channel: .sms, subject: nil, text: text, html: nil)
        }
    }

    @Test("a channel has exactly the parts it can carry")
    func partsOfChannels() throws {
        #expect(throws: TemplateError.subjectMissing) {
            try CompiledTemplate(channel: .email, subject: nil, text: "Hi", html: nil)
        }
        #expect(throws: TemplateError.partNotAllowed(.subject, channel: .sms)) {
            try CompiledTemplate(channel: .sms, subject: "Hi", text: "Hi", html: nil)
        }
        #expect(throws: TemplateError.partNotAllowed(.html, channel: .voice)) {
            try CompiledTemplate(channel: .voice, subject: nil, text: "Hi", html: "<p>Hi")
        }
        #expect(throws: TemplateError.empty(.text)) {
            try CompiledTemplate(channel: .email, subject: "Hi", text: " \n", html: nil)
        }
        #expect(throws: TemplateError.empty(.html)) {
            try CompiledTemplate(channel: .email, subject: "Hi", text: "Hi", html: "")
        }
    }

    @Test("a part above its size is refused, one of just that size is taken")
    func sizes() throws {
        let limit = TemplatePart.text.maximumSourceBytes
        _ = try CompiledTemplate(
            channel: .sms,
            subject: nil,
            text: String(repeating: "x", count: limit),
            html: nil
        )
        let longer = String(repeating: "x", count: limit + 1)
        #expect(fault(ofText: longer) == .tooLarge(.text, bytes: limit + 1))
    }

    @Test("control characters are refused where the part cannot carry them")
    func controlCharacters() {
        #expect(fault(ofText: "a\nb\0") == .controlCharacter(.text, line: 2))
        #expect(throws: TemplateError.controlCharacter(.subject, line: 1)) {
            try CompiledTemplate(
                channel: .email,
                subject: "Hi\r\nBcc: x@example.com",
                text: "Hi",
                html: nil
            )
        }
    }

    @Test(
        "a tag that cannot be used is named with its line",
        arguments: [
            ("one\ntwo {{name", 2, .unfinished),
            ("{{{name}}", 1, .unfinished),
            ("{{", 1, .unfinished),
            ("{{! never closed\n\n", 1, .unfinished),
            ("{{\nname}}", 1, .unfinished),
            ("{{first name}}", 1, .badName("first name")),
            ("{{prénom}}", 1, .badName("prénom")),
            ("{{}}", 1, .badName("")),
            ("{{index()}}", 1, .badName("index()")),
            ("{{uppercased(name}}", 1, .badName("uppercased(name")),
            ("{{name)}}", 1, .badName("name)")),
            ("{{a(b)c}}", 1, .badName("a(b)c")),
            ("{{user.name}}", 1, .dottedName("user.name")),
            ("{{.name}}", 1, .dottedName(".name")),
            ("{{.}}", 1, .noCurrentValue),
            ("{{^name}}{{.}}{{/name}}", 1, .noCurrentValue),
            ("{{#empty(name)}}{{.}}{{/empty(name)}}", 1, .noCurrentValue),
            ("{{shouted(name)}}", 1, .unknownTransform("shouted")),
            ("{{count(name)}}", 1, .unknownTransform("count")),
            (
                "{{#lowercased(sorted(a))}}{{/lowercased(sorted(a))}}", 1,
                .unknownTransform("sorted")
            ),
            ("{{uppercased(empty(name))}}", 1, .emptyIsNotOutermost),
            ("\n{{> footer}}", 2, .partial),
            ("{{>*footer}}", 1, .partial),
            ("{{<base}}{{/base}}", 1, .inheritance),
            ("{{$block}}{{/block}}", 1, .inheritance),
            ("{{=<% %>=}}", 1, .delimiters),
            ("{{%CONTENT_TYPE: HTML}}", 1, .pragma),
            ("{{/name}}", 1, .wrongClose(found: "name", expected: nil)),
            (
                "{{#a}}\n{{^b}}\n{{/a}}{{/b}}", 3,
                .wrongClose(found: "a", expected: "^b")
            ),
            ("x\n{{#a}}\ny", 2, .unclosed("#a")),
        ] as [(String, Int, TagFault)]
    )
    func tagFaults(source: String, line: Int, expected: TagFault) {
        #expect(fault(ofText: source) == .tag(.text, line: line, expected))
    }

    @Test("sections nest to a limit that the library's recursion can bear")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "{{#a}}", count: depth) + "x"
                + String(repeating: "{{/a}}", count: depth)
        }
        let deepest = try CompiledTemplate(
            channel: .sms,
            subject: nil,
            text: nested(TemplateTags.maximumDepth),
            html: nil
        )
        #expect(try deepest.render(["a": "1"]).text == "x")
        let deeper = nested(TemplateTags.maximumDepth + 1)
        #expect(fault(ofText: deeper) == .tag(.text, line: 1, .tooDeep))
    }

    @Test("a line with more braces than can be parsed in good time is refused at once")
    func density() throws {
        let tags = String(repeating: "{{a}}", count: 10_000)
        #expect(fault(ofText: "x\n" + tags) == .tag(.text, line: 2, .tooDense))
        let lines = String(repeating: "{{a}}\n", count: 10_000)
        let template = try CompiledTemplate(channel: .sms, subject: nil, text: lines, html: nil)
        #expect(try template.render(["a": "1"]).text.utf8.count == 20_000)
    }

    @Test("a fault that only the library sees has the line in the whole source")
    func malformedLine() {
        #expect(
            fault(ofText: "{{a}}\ntext\n\n{{a}} {") == .tag(.text, line: 4, .malformed("overflow"))
        )
    }

    @Test("variables are the names of all tags in all parts")
    func variables() throws {
        let template = try CompiledTemplate(
            channel: .email,
            subject: "{{ subject_word }} {{! comment {{hidden}}",
            text: "{{#vip}}{{.}}{{name}}{{/vip}}{{^empty(city)}}x{{/empty(city)}}",
            html: "{{{raw}}}{{&other}}{{uppercased(lowercased(name))}}"
        )
        #expect(template.variables == ["subject_word", "vip", "name", "city", "raw", "other"])
    }

    @Test("an error says which part, which line and what to do")
    func descriptions() throws {
        let error = try #require(fault(ofText: "Hello\n{{first name}}"))
        #expect(
            "\(error)"
                == "text, line 2: \"first name\" is not a name; "
                + "use letters A-Z, digits, - _ ? * without spaces"
        )
        let unknown = try #require(fault(ofText: "{{shouted(name)}}"))
        #expect(
            "\(unknown)".hasSuffix("there are capitalized, empty, lowercased, reversed, uppercased")
        )
    }

    @Test("whatever passes the check renders without a brace left over", arguments: 0..<8)
    func randomSources(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let pieces = [
            "{{", "}}", "{", "}", "a", "b", ".", "#", "^", "/", "&", "!", " ", "\n", "\r\n", "\r",
            "{{a}}", "{{#a}}", "{{/a}}", "{{^b}}", "{{/b}}", "{{{a}}}", "empty(", ")", "\u{301}",
            "\u{2028}",
        ]
        var accepted = 0
        for _ in 0..<4_000 {
            let source = (0..<Int.random(in: 1...12, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            guard
                let template = try? CompiledTemplate(
                    channel: .sms,
                    subject: nil,
                    text: source,
                    html: nil
                )
            else { continue }
            accepted += 1
            for values in [["a": "A", "b": "B"], ["a": "A"], ["b": "B"]] {
                guard let content = try? template.render(values) else { continue }
                #expect(!content.text.contains("{{"), "\(source.debugDescription)")
            }
        }
        #expect(accepted > 100)
    }
}

/// A small random generator that repeats itself for a seed.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
