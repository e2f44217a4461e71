import APITypes
import Testing

/// The reader of request bodies.
@Suite("JSON", .timeLimit(.minutes(10)))
struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8))
    }

    @Test("reads every kind of value")
    func values() throws {
        let value = try parse(
            #" {"a": [1, -2, 3.5, 1e3, true, false, null], "b": "x\n\"\\\/\u00e9\ud83d\ude00"} "#
        )
        #expect(
            value == [
                "a": [1, -2, .number(3.5), .number(1_000), true, false, .null],
                "b": "x\n\"\\/é😀",
            ]
        )
        #expect(try parse("\u{FEFF}[]") == [])
        #expect(try parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
        #expect(try parse("-9223372036854775808") == .integer(.min))
    }

    @Test(
        "refuses what RFC 8259 does not allow",
        arguments: [
            "", "  ", "[1,]", "{\"a\":1,}", "[1 2]", "01", "-", "1.", ".5", "1e", "+1", "NaN",
            "tru", "'a'", "{a:1}", "{\"a\" 1}", "[", "{", "\"", "\"a", "\"\\x\"", "\"\\u12\"",
            "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"a\nb\"", "\"\u{0}\"", "{}x",
            "1e999", "{\"a\":1,\"a\":2}", "\\", "]", "\"\\",
        ]
    )
    func malformed(_ text: String) {
        #expect(throws: JSONSyntaxError.self) { try parse(text) }
    }

    @Test("refuses bytes that are no UTF-8")
    func notUTF8() {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0xFF, 0xFE]] {
            #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: bytes) }
        }
    }

    @Test("goes 64 deep and no deeper")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try parse(nested(64)) }
        #expect(throws: JSONSyntaxError.self) { try parse(nested(65)) }
    }

    @Test("says where the fault lies")
    func position() {
        let error = #expect(throws: JSONSyntaxError.self) { try parse("{\n\"a\": 1 \"b\": 2}") }
        #expect(error?.description == "line 2, column 8: \",\" or \"}\" was expected")
    }
}
