import Testing

@testable import campaignctl

@Suite("Tables", .timeLimit(.minutes(10)))
struct TableTests {
    private func table() -> Table {
        var table = Table([.number("id"), .text("state"), .flexible("error")])
        table.add(["7", "held", "the template has no variable named city"])
        table.add(["1200", "completed", nil])
        return table
    }

    @Test("columns are as wide as their widest cell, and numbers stand to the right")
    func widths() {
        #expect(
            table().lines(width: nil) == [
                "  ID  STATE      ERROR",
                "   7  held       the template has no variable named city",
                "1200  completed  -",
            ]
        )
    }

    @Test("on a narrow terminal only the flexible column is cut, with an ellipsis")
    func narrow() {
        #expect(
            table().lines(width: 30) == [
                "  ID  STATE      ERROR",
                "   7  held       the template…",
                "1200  completed  -",
            ]
        )
    }

    @Test("no line is wider than the terminal, however narrow it is")
    func veryNarrow() {
        let lines = table().lines(width: 12)
        #expect(lines.allSatisfy { DisplayText.width($0) <= 12 })
    }

    @Test("wide characters take two columns")
    func wideCharacters() {
        var table = Table([.text("name"), .text("x")])
        table.add(["春天", "1"])
        table.add(["abcd", "2"])
        #expect(table.lines(width: nil) == ["NAME  X", "春天  1", "abcd  2"])
        #expect(DisplayText.cut("春天来了", to: 5) == "春天…")
    }

    @Test("nothing a recipient wrote can command the terminal")
    func controlCharacters() {
        var table = Table([.text("reply")])
        table.add(["550 \u{1b}[2Jno\r\nsuch\u{202e}user"])
        #expect(table.lines(width: nil)[1] == "550 \u{fffd}[2Jno  such\u{fffd}user")
    }
}

@Suite("Texts for people", .timeLimit(.minutes(10)))
struct DisplayTextTests {
    @Test(
        "numbers are grouped by thousands",
        arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")]
            as [(Int64, String)]
    )
    func counts(number: Int64, text: String) {
        #expect(DisplayText.count(number) == text)
    }

    @Test("nouns are plural unless there is exactly one")
    func nouns() {
        #expect(DisplayText.count(1, "job") == "1 job")
        #expect(DisplayText.count(0, "job") == "0 jobs")
        #expect(DisplayText.count(5_000, "message") == "5,000 messages")
    }

    @Test(
        "sizes have at most three digits and a unit",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (4_200_000, "4.2 MB"),
            (256_000_000, "256 MB"), (7_000_000_000_000_000, "7000 TB"),
        ] as [(Int64, String)]
    )
    func bytes(number: Int64, text: String) {
        #expect(DisplayText.bytes(number) == text)
    }
}
