/// The bytes of a message while they are written.
struct MessageBuffer {
    /// The most bytes of a line without its CRLF (RFC 5322 section 2.1.1).
    static let maximumLine = 998
    /// The most bytes of a folded or encoded line (RFC 2045 section 6.7, RFC 2047 section 2).
    static let foldedLine = 76

    private(set) var bytes: [UInt8] = []
    /// Where the present line began.
    private var lineStart = 0

    /// Reserves room for headers and for a body of `capacity` bytes before encoding.
    init(capacity: Int) {
        bytes.reserveCapacity(Self.expectedHeaderBytes + capacity + capacity / 4)
    }

    private static let expectedHeaderBytes = 1_024

    /// The bytes written since the last line end.
    var column: Int { bytes.count - lineStart }

    /// Appends ASCII that the caller has checked.
    mutating func append(_ text: some StringProtocol) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends a piece of ASCII that the caller has checked.
    mutating func append(_ word: Substring.UTF8View) {
        bytes.append(contentsOf: word)
    }

    /// Appends one byte.
    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Appends a run of bytes.
    mutating func append(_ run: Span<UInt8>) {
        run.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    /// Ends the line.
    mutating func endLine() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
        lineStart = bytes.count
    }
}
