/// One good row of a CSV file: as many cells as the header has, all of them UTF-8.
package struct CSVRow {
    /// The physical line on which the row begins, from 1.
    package let line: Int
    /// The names of the columns, as many as there are cells.
    package let header: [String]

    fileprivate let bytes: [UInt8]
    fileprivate let ends: [Int]

    /// The number of cells.
    package var count: Int { ends.count }

    /// The text of a cell, without its quotes; a new string at each call.
    package subscript(column: Int) -> String {
        String(decoding: bytes[range(of: column)], as: UTF8.self)
    }

    /// Whether a cell has nothing in it, or nothing but spaces and tabs.
    package func isBlank(_ column: Int) -> Bool {
        bytes[range(of: column)].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    private func range(of column: Int) -> Range<Int> {
        // One separator byte lies between two cells.
        let start = column == 0 ? 0 : ends[column - 1] + 1
        return start..<ends[column]
    }
}

/// A row that was left out; reading went on with the next one.
package struct RejectedRow: Error, Hashable, Sendable {
    /// The physical line on which the row begins, from 1.
    package var line: Int
    /// What is wrong with it, as the end of a sentence that begins with the line.
    package var reason: String

    /// Makes a rejection.
    package init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }
}

/// The row that `CSVReader` is reading: one buffer that all rows share.
struct CSVRowBuffer {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var cellStart = 0
    private var fault: String?

    /// The line on which the row began.
    var line = 1

    /// Whether nothing at all was read for this row.
    var isEmpty: Bool { ends.isEmpty && bytes.isEmpty && fault == nil }

    /// Adds to the present cell.
    mutating func append(_ run: Slice<UnsafeRawBufferPointer>) {
        guard fault == nil else { return }
        if bytes.count - cellStart + run.count > CSVReader.maximumCellBytes {
            reject("has a cell of more than \(CSVReader.maximumCellBytes) bytes")
        } else if bytes.count + run.count > CSVReader.maximumRowBytes {
            reject("has more than \(CSVReader.maximumRowBytes) bytes")
        } else {
            bytes.append(contentsOf: run)
        }
    }

    /// Ends the present cell and begins the next.
    mutating func endCell() {
        guard fault == nil else { return }
        guard ends.count < CSVReader.maximumColumns else {
            return reject("has more than \(CSVReader.maximumColumns) cells")
        }
        ends.append(bytes.count)
        // With a separator between cells, a character cut in two by a comma stays invalid.
        bytes.append(UInt8(ascii: ","))
        cellStart = bytes.count
    }

    /// Gives the row up; the first reason stands, and the bytes are let go.
    mutating func reject(_ reason: String) {
        guard fault == nil else { return }
        fault = reason
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// The finished row.
    func row(under header: [String]) throws(RejectedRow) -> CSVRow {
        if let fault { throw RejectedRow(line: line, reason: fault) }
        guard ends.count == header.count else {
            let reason = "has \(ends.count) cells where the header has \(header.count)"
            throw RejectedRow(line: line, reason: reason)
        }
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw RejectedRow(line: line, reason: "is not valid UTF-8; save the file as UTF-8")
        }
        return CSVRow(line: line, header: header, bytes: bytes, ends: ends)
    }

    /// The finished row as names of columns.
    func header() throws(CSVHeaderError) -> [String] {
        let row: CSVRow
        do {
            row = try self.row(under: Array(repeating: "", count: ends.count))
        } catch {
            throw .unreadable(error)
        }
        var names: [String] = []
        for column in 0..<row.count {
            let name = String(row[column].trimmingSpaces())
            guard !name.isEmpty else { throw .unnamed(column: column + 1) }
            guard name.utf8.count <= CSVReader.maximumNameBytes else {
                throw .nameTooLong(column: column + 1)
            }
            guard !names.contains(name) else { throw .duplicate(name) }
            names.append(name)
        }
        return names
    }

    /// Empties the buffer for the row that begins on `line`.
    mutating func reset(line: Int) {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        cellStart = 0
        fault = nil
        self.line = line
    }
}
