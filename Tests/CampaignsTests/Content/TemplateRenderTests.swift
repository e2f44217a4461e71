import Dispatch
import Synchronization
import Testing

@testable import Campaigns

@Suite("Template: rendering", .timeLimit(.minutes(10)))
struct TemplateRenderTests {
    private func text(_ source: String, _ values: [String: String]) throws -> String {
        try CompiledTemplate(channel: .sms, subject: nil, text: source, html: nil)
            .render(values).text
    }

    private func email(
        subject: String = "Hi",
        text: String = "Hi",
        html: String? = nil
    ) throws -> CompiledTemplate {
        try CompiledTemplate(channel: .email, subject: subject, text: text, html: html)
    }

    @Test("values are escaped in the HTML part only")
    func escaping() throws {
        let template = try email(
            subject: "{{name}}",
            text: "{{name}} {{{name}}}",
            html: "<p>{{name}} {{{name}}}</p>"
        )
        let content = try template.render(["name": "<O'Neill> & \"Co\""])
        #expect(content.subject == "<O'Neill> & \"Co\"")
        #expect(content.text == "<O'Neill> & \"Co\" <O'Neill> & \"Co\"")
        #expect(
            content.html
                == "<p>&lt;O&#39;Neill&gt; &amp; &quot;Co&quot; <O'Neill> & \"Co\"</p>"
        )
    }

    @Test("a quote that a combining mark follows is escaped too")
    func combiningMarks() throws {
        let template = try email(html: "<a title=\"{{name}}\">")
        let html = try #require(try template.render(["name": "\"\u{301} onclick=x"]).html)
        #expect(html == "<a title=\"&quot;\u{301} onclick=x\">")
    }

    @Test("values are never read as templates")
    func valuesAreData() throws {
        #expect(try text("{{a}}", ["a": "{{b}}", "b": "no"]) == "{{b}}")
    }

    @Test("all variables that are printed but absent or empty are named at once")
    func missing() throws {
        let template = try email(subject: "{{c}}", text: "{{a}} {{uppercased(b)}}", html: "{{d}}")
        #expect(throws: RenderError.missingVariables(["a", "b", "c"])) {
            try template.render(["a": "", "d": "there"])
        }
    }

    @Test(
        "a section guards what it asks about",
        arguments: [
            ("Hi{{#name}} {{name}}{{/name}}!", ["name": "Ada"], "Hi Ada!"),
            ("Hi{{#name}} {{name}}{{/name}}!", [:], "Hi!"),
            ("Hi{{#name}} {{.}}{{/name}}!", ["name": "Ada"], "Hi Ada!"),
            ("Hi {{#name}}{{name}}{{/name}}{{^name}}you{{/name}}", ["name": ""], "Hi you"),
            ("{{^empty(name)}}{{name}}{{/empty(name)}}x", [:], "x"),
            ("{{#empty(name)}}nobody{{/empty(name)}}", [:], "nobody"),
            ("{{#a}}{{b}}{{/a}}.", ["b": "B"], "."),
            ("{{#a}}{{#b}}{{a}}{{b}}{{.}}{{/b}}{{/a}}", ["a": "A", "b": "B"], "ABB"),
            ("{{#uppercased(a)}}{{.}}{{a}}{{/uppercased(a)}}", ["a": "x"], "Xx"),
            ("{{#vip}}yes{{/vip}}", ["vip": "false"], "yes"),
        ] as [(String, [String: String], String)]
    )
    func guarded(source: String, values: [String: String], expected: String) throws {
        #expect(try text(source, values) == expected)
    }

    @Test("a section does not guard what it does not ask about")
    func notGuarded() throws {
        #expect(throws: RenderError.missingVariables(["b"])) {
            try text("{{#a}}{{b}}{{/a}}", ["a": "A"])
        }
        #expect(throws: RenderError.missingVariables(["a"])) {
            try text("{{^a}}{{a}}{{/a}}", [:])
        }
    }

    @Test(
        "every transform that passes the check does something",
        arguments: [
            ("capitalized", "Ada lovelace", "Ada Lovelace"), ("lowercased", "ADA", "ada"),
            ("uppercased", "ada", "ADA"), ("reversed", "ada!", "!ada"), ("empty", "ada", "false"),
        ]
    )
    func transforms(name: String, value: String, expected: String) throws {
        #expect(TemplateTags.transforms.contains(name))
        #expect(try text("{{\(name)(x)}}", ["x": value]) == expected)
    }

    @Test("text around tags keeps its line ends, and a section alone on its line leaves none")
    func whiteSpace() throws {
        #expect(try text("\n {{a}}\r\n", ["a": "A"]) == "\n A\r\n")
        #expect(try text("{{#a}}\n- {{a}}\n{{/a}}\nend", ["a": "A"]) == "- A\nend")
        #expect(try text("no tags { } \n", [:]) == "no tags { } \n")
        #expect(
            try text(
                "one\n  two {{a}}\r\nthree\n\n {{! gone }}\n{{^b}}\nfour\n\n{{/b}}five",
                ["a": "A"]
            )
                == "one\n  two A\r\nthree\n\nfour\n\nfive"
        )
    }

    @Test(
        "a subject never carries a line break or another control character",
        arguments: "\r\n\t\0"
    )
    func subjectIsOneLine(character: Character) throws {
        let template = try email(subject: "Hi {{name}}")
        #expect(throws: RenderError.controlCharacter(.subject)) {
            try template.render(["name": "A\(character)Bcc: x@example.com"])
        }
    }

    @Test("a body takes any character but NUL")
    func bodyCharacters() throws {
        let template = try email(text: "{{a}}", html: "{{b}}")
        #expect(try template.render(["a": "x\r\n\u{1}", "b": "y"]).text == "x\r\n\u{1}")
        #expect(throws: RenderError.controlCharacter(.html)) {
            try template.render(["a": "x", "b": "y\0"])
        }
    }

    @Test("values that add up to too much are refused before they fill the memory")
    func tooLarge() throws {
        let value = String(repeating: "x", count: 64 * 1_024)
        let source = String(repeating: "{{a}}\n", count: 20)
        #expect(throws: RenderError.tooLarge(.text)) { try text(source, ["a": value]) }
    }

    @Test("a text of which nothing is left is refused")
    func blank() throws {
        #expect(throws: RenderError.blankText) { try text("{{#a}}x{{/a}}\n", [:]) }
    }

    @Test("many threads render one template, each with its own values")
    func concurrency() throws {
        let template = try email(
            subject: "{{n}}",
            text: "{{#n}}{{n}}{{/n}}{{missing}}",
            html: "<p>{{n}}</p>"
        )
        let wrong = Mutex<[Int]>([])
        DispatchQueue.concurrentPerform(iterations: 2_000) { index in
            let whole = try? template.render(["n": "\(index)", "missing": "."])
            let expected = RenderedContent(
                subject: "\(index)",
                text: "\(index).",
                html: "<p>\(index)</p>"
            )
            var names: [String] = []
            do throws(RenderError) {
                _ = try template.render(["n": "\(index)"])
            } catch {
                if case .missingVariables(let missing) = error { names = missing }
            }
            if whole != expected || names != ["missing"] { wrong.withLock { $0.append(index) } }
        }
        #expect(wrong.withLock { $0 } == [])
    }
}
