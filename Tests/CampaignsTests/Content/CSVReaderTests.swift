import Testing

@testable import Campaigns

@Suite("CSV reader", .timeLimit(.minutes(10)))
struct CSVReaderTests {
    /// What a reader made of one row.
    private enum Row: Equatable, CustomStringConvertible {
        case cells(Int, [String])
        case rejected(Int, String)

        init(_ result: Result<CSVRow, RejectedRow>) {
            switch result {
            case .success(let row): self = .cells(row.line, (0..<row.count).map { row[$0] })
            case .failure(let rejected): self = .rejected(rejected.line, rejected.reason)
            }
        }

        var description: String {
            switch self {
            case .cells(let line, let cells): "\(line): \(cells)"
            case .rejected(let line, let reason): "\(line): rejected, \(reason)"
            }
        }
    }

    private func read(_ bytes: [UInt8], chunk: Int = .max) throws -> [Row] {
        var reader = CSVReader()
        var rows: [Row] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + min(chunk, bytes.count))
            try bytes[start..<end].withUnsafeBytes { bytes in
                try reader.feed(bytes) { rows.append(Row($0)) }
            }
            start = end
        }
        try reader.finish { rows.append(Row($0)) }
        return rows
    }

    private func read(_ text: String, chunk: Int = .max) throws -> [Row] {
        try read(Array(text.utf8), chunk: chunk)
    }

    @Test("rows are read as RFC 4180 has them, however the chunks are cut", arguments: 1...9)
    func chunks(size: Int) throws {
        let text =
            "\u{FEFF}a, b ,c\r\n1,\"two, 2\",\"say \"\"hi\"\"\"\r\n\r\n"
            + "\"line\r\nbreak\",\"\",é\n x ,\"\"\"\",😀\r7,8,9"
        #expect(
            try read(text, chunk: size) == [
                .cells(2, ["1", "two, 2", "say \"hi\""]),
                .cells(4, ["line\r\nbreak", "", "é"]),
                .cells(6, [" x ", "\"", "😀"]),
                .cells(7, ["7", "8", "9"]),
            ]
        )
    }

    @Test("a byte order mark may stand before a quoted name")
    func byteOrderMark() throws {
        var reader = CSVReader()
        try Array("\u{FEFF}\"a\",b\n".utf8).withUnsafeBytes { try reader.feed($0) { _ in } }
        try reader.finish { _ in }
        #expect(reader.header == ["a", "b"])
    }

    @Test("the header is given without spaces")
    func header() throws {
        var reader = CSVReader()
        try Array(" email ,\"first name\"".utf8).withUnsafeBytes { try reader.feed($0) { _ in } }
        #expect(reader.header == nil)
        try reader.finish { _ in }
        #expect(reader.header == ["email", "first name"])
    }

    @Test(
        "a header that names no columns is refused",
        arguments: [
            ("", .missing), ("\n\r\n", .missing), ("\u{FEFF}", .missing),
            ("a,,c\n", .unnamed(column: 2)), ("a, \n", .unnamed(column: 2)),
            ("a,b,a \n", .duplicate("a")),
            ("a," + String(repeating: "b", count: 257), .nameTooLong(column: 2)),
            (
                "\na,b\"\n",
                .unreadable(
                    RejectedRow(
                        line: 2,
                        reason: "has a quote inside a cell that does not begin with one"
                    )
                )
            ),
        ] as [(String, CSVHeaderError)]
    )
    func badHeader(text: String, expected: CSVHeaderError) {
        #expect(throws: expected) { try read(text) }
    }

    @Test(
        "a bad row is rejected with its line, and the next one is read",
        arguments: [1, 3, 1_000]
    )
    func badRows(chunk: Int) throws {
        let long = String(repeating: "x", count: CSVReader.maximumCellBytes + 1)
        let bytes =
            Array("a,b\n1\n1,2,3\n1,x\"y\n\"1\"x,2\n1,\0\n".utf8)
            + Array("1,".utf8) + [0xFF] + Array("\n1,\"\n\n\(long)\n\"\nlast,row\n".utf8)
        #expect(
            try read(bytes, chunk: chunk) == [
                .rejected(2, "has 1 cells where the header has 2"),
                .rejected(3, "has 3 cells where the header has 2"),
                .rejected(4, "has a quote inside a cell that does not begin with one"),
                .rejected(
                    5,
                    "has text behind a closing quote; write a quote inside a cell twice"
                ),
                .rejected(6, "has a NUL byte"),
                .rejected(7, "is not valid UTF-8; save the file as UTF-8"),
                .rejected(8, "has a cell of more than 65536 bytes"),
                .cells(12, ["last", "row"]),
            ]
        )
    }

    @Test("a character cut in two by a comma is not put together again")
    func splitCharacter() throws {
        #expect(
            try read(Array("a,b\n".utf8) + [0xC3, UInt8(ascii: ","), 0xA9]) == [
                .rejected(2, "is not valid UTF-8; save the file as UTF-8")
            ]
        )
    }

    @Test("a cell, a row and a number of cells at the limit are taken, one more is not")
    func limits() throws {
        let cell = String(repeating: "x", count: CSVReader.maximumCellBytes)
        #expect(try read("a\n\(cell)\n") == [.cells(2, [cell])])
        #expect(
            try read("a\n\(cell)x\ny\n") == [
                .rejected(2, "has a cell of more than 65536 bytes"), .cells(3, ["y"]),
            ]
        )
        let names = (1...CSVReader.maximumColumns).map { "c\($0)" }.joined(separator: ",")
        let cells = (1...CSVReader.maximumColumns).map(String.init)
        let row = cells.joined(separator: ",")
        #expect(
            try read("\(names)\n\(row)\n\(row),1\n") == [
                .cells(2, cells), .rejected(3, "has more than 256 cells"),
            ]
        )
        let wide = Array(repeating: cell, count: 5).joined(separator: ",")
        #expect(
            try read("a,b,c,d,e\n\(wide)\n1,2,3,4,5") == [
                .rejected(2, "has more than 262144 bytes"),
                .cells(3, ["1", "2", "3", "4", "5"]),
            ]
        )
    }

    @Test("a quote that is never closed rejects the row in which it stands")
    func openQuote() throws {
        #expect(
            try read("a\n1\n\"2\n3\n") == [
                .cells(2, ["1"]), .rejected(3, "has a quote that is never closed"),
            ]
        )
    }

    @Test("what the handler throws ends the reading")
    func handlerThrows() {
        struct Stop: Error {}
        var reader = CSVReader()
        #expect(throws: Stop.self) {
            try Array("a\n1\n2\n".utf8).withUnsafeBytes {
                try reader.feed($0) { _ in throw Stop() }
            }
        }
    }
}
