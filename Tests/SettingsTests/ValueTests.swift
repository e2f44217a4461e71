import Testing

@testable import Settings

@Suite("Configuration: values", .timeLimit(.minutes(10)))
struct ValueTests {
    @Test(
        "a duration is a whole number and a unit",
        arguments: [
            ("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("4h", 14_400_000),
            ("2d", 172_800_000),
            ("0s", 0), ("0030s", 30_000), ("106751991167d", 106_751_991_167 * 86_400_000),
        ] as [(String, Int64)]
    )
    func durations(text: String, milliseconds: Int64) {
        #expect(TimeSpan(text)?.milliseconds == milliseconds)
    }

    @Test(
        "what is not a whole number and a unit is no duration",
        arguments: [
            "", "5", "s", "-5s", "+5s", "1.5s", "5 s", "5S", "1h30m", "5w", "٥s", "1e3s",
            "106751991168d", "99999999999999999999ms",
        ]
    )
    func noDurations(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test(
        "a duration is written in the largest unit that is exact",
        arguments: ["0ms", "1ms", "1500ms", "90s", "5m", "25h", "2d"]
    )
    func writing(text: String) {
        #expect(TimeSpan(text)?.description == text)
    }

    @Test("numbers are digits alone, within their bounds")
    func integers() {
        let syntax = ValueSyntax.integer(1...256)
        #expect(syntax.read("1") == 1)
        #expect(syntax.read("256") == 256)
        for text in ["0", "257", "+1", "-1", "1.0", " 1", "0x1", "", "99999999999999999999"] {
            #expect(syntax.read(text) == nil)
        }
    }

    @Test("file modes are octal and set permission bits only")
    func modes() {
        #expect(ValueSyntax.fileMode.read("0660") == 0o660)
        #expect(ValueSyntax.fileMode.read("600") == 0o600)
        for text in ["0888", "1777", "rw-r", "", "+660"] {
            #expect(ValueSyntax.fileMode.read(text) == nil, "\(text)")
        }
    }

    @Test("texts hold no control characters, which could break a header or a log line")
    func texts() {
        #expect(ValueSyntax.text().read("a b ü") == "a b ü")
        for text in ["", "a\r\nb", "a\0", "\u{7F}"] {
            #expect(ValueSyntax.text().read(text) == nil)
        }
    }
}
