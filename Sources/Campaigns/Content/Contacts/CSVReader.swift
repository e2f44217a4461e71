/// Reads CSV (RFC 4180, UTF-8) from chunks of bytes cut anywhere, one row at a time.
///
/// The first row is the header. Lines end with CRLF, LF or CR; empty lines are passed over, and so
/// is a byte order mark. A row that cannot be used is handed over as rejected, and reading goes on
/// behind it. Holds one row in memory, whatever the size of the file.
package struct CSVReader {
    /// The most bytes of one cell.
    package static let maximumCellBytes = 64 * 1_024
    /// The most bytes of one row.
    package static let maximumRowBytes = 256 * 1_024
    /// The most bytes in the name of a column.
    package static let maximumNameBytes = 256
    /// The most cells of one row.
    package static let maximumColumns = 256

    /// Takes each row as it is finished; what it throws ends the reading.
    package typealias Handler = (Result<CSVRow, RejectedRow>) throws -> Void

    /// The names of the columns, without spaces around them; nil until the first row was read.
    package private(set) var header: [String]?

    private var row = CSVRowBuffer()
    private var state = State.cellStart
    private var line = 1
    /// Whether the last byte was a CR, which an LF may still complete.
    private var followsCR = false
    /// The first bytes of the file, until they can be told from a byte order mark.
    private var lead: [UInt8]? = []

    private enum State {
        case cellStart
        case unquoted
        case quoted
        /// Behind a quote that ends the cell, or is the first of two.
        case quote
    }

    /// Makes a reader that stands before the header.
    package init() {}

    /// Reads a chunk and hands over the rows that end in it; throws `CSVHeaderError`, or what
    /// `handler` throws.
    package mutating func feed(_ chunk: UnsafeRawBufferPointer, row handler: Handler) throws {
        var chunk = chunk[...]
        while lead != nil, let byte = chunk.popFirst() {
            lead?.append(byte)
            try readLead(isLast: false, handler)
        }
        try read(UnsafeRawBufferPointer(rebasing: chunk), handler)
    }

    /// Hands over a last row that no line end closes; to be called once.
    ///
    /// Throws `CSVHeaderError`, also for a file without header, or what `handler` throws.
    package mutating func finish(row handler: Handler) throws {
        try readLead(isLast: true, handler)
        if state == .quoted { row.reject("has a quote that is never closed") }
        if !(row.isEmpty && state == .cellStart) { try endRow(handler) }
        if header == nil { throw CSVHeaderError.missing }
    }

    private mutating func readLead(isLast: Bool, _ handler: Handler) throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard let bytes = lead, isLast || bytes.count == mark.count else { return }
        lead = nil
        if bytes != mark { try bytes.withUnsafeBytes { try read($0, handler) } }
    }

    private mutating func read(_ chunk: UnsafeRawBufferPointer, _ handler: Handler) throws {
        var position = 0
        while position < chunk.count {
            let end = endOfRun(in: chunk, from: position)
            if end > position {
                beginText()
                row.append(chunk[position..<end])
                followsCR = false
                position = end
                continue
            }
            try readSpecial(chunk, at: position, handler)
            position += 1
        }
    }

    /// The end of the bytes that have no meaning of their own in the present state.
    private func endOfRun(in chunk: UnsafeRawBufferPointer, from start: Int) -> Int {
        let highest = state == .quoted ? UInt8(ascii: "\"") : UInt8(ascii: ",")
        var position = start
        while position < chunk.count {
            let byte = chunk[position]
            if byte <= highest, Self.isSpecial(byte) { break }
            position += 1
        }
        return position
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case ",", "\"", "\n", "\r", "\0": true
        default: false
        }
    }

    private mutating func beginText() {
        switch state {
        case .cellStart: state = .unquoted
        case .quote:
            row.reject("has text behind a closing quote; write a quote inside a cell twice")
            state = .unquoted
        case .unquoted, .quoted: break
        }
    }

    private mutating func readSpecial(
        _ chunk: UnsafeRawBufferPointer,
        at position: Int,
        _ handler: Handler
    ) throws {
        let byte = chunk[position]
        let completesCRLF = followsCR && byte == UInt8(ascii: "\n")
        followsCR = byte == UInt8(ascii: "\r")
        switch UnicodeScalar(byte) {
        case "\0":
            row.reject("has a NUL byte")
        case "\"":
            readQuote(chunk[position...position])
        case ",":
            row.endCell()
            state = .cellStart
        default:
            if !completesCRLF { line += 1 }
            if state == .quoted {
                row.append(chunk[position...position])
            } else if completesCRLF || (row.isEmpty && state == .cellStart) {
                row.line = line
            } else {
                try endRow(handler)
            }
        }
    }

    private mutating func readQuote(_ quote: Slice<UnsafeRawBufferPointer>) {
        switch state {
        case .cellStart: state = .quoted
        case .quoted: state = .quote
        case .quote:
            row.append(quote)
            state = .quoted
        case .unquoted: row.reject("has a quote inside a cell that does not begin with one")
        }
    }

    private mutating func endRow(_ handler: Handler) throws {
        row.endCell()
        state = .cellStart
        defer { row.reset(line: line) }
        if let header {
            try handler(Result { () throws(RejectedRow) in try row.row(under: header) })
        } else {
            header = try row.header()
        }
    }
}
