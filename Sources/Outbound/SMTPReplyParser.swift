/// A complete reply as it came: one or more lines that share a code.
struct RawSMTPReply {
    /// The bytes of a line before its text: three digits and a space or hyphen.
    static let codeBytes = 4

    let code: Int
    /// All lines with their line ends.
    let bytes: ArraySlice<UInt8>

    /// The lines, without their ends.
    var lines: [ArraySlice<UInt8>] {
        bytes.split(separator: UInt8(ascii: "\n")).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
    }
}

/// Cuts the bytes a server sends into replies.
///
/// A line may end in LF alone, as some servers do; anything else that is not of RFC 5321's form is
/// an error.
struct SMTPReplyParser {
    /// The server sent something that is not a reply.
    struct Malformed: Error, Equatable {
        let reason: String
    }

    /// The longest reply that is taken, in bytes.
    static let replyBytesMax = 16_384

    private var buffer: [UInt8] = []
    private var start = 0

    /// Whether every byte that came has been taken as part of a reply.
    var isEmpty: Bool { start == buffer.count }

    /// Whether more waits here than one reply may have, so that reading on makes no sense.
    var isFull: Bool { buffer.count - start > Self.replyBytesMax }

    /// Adds what was read.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if isEmpty {
            buffer.removeAll(keepingCapacity: true)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next complete reply, or nil while one is still incomplete.
    mutating func next() throws(Malformed) -> RawSMTPReply? {
        var lineStart = start
        var code: Int?
        while let lineEnd = endOfLine(from: lineStart) {
            let line = try Self.parse(buffer[lineStart..<lineEnd])
            guard code == nil || code == line.code else {
                throw Malformed(reason: "the lines of a reply differ in their code")
            }
            code = line.code
            lineStart = lineEnd
            if line.isLast {
                defer { start = lineEnd }
                return RawSMTPReply(code: line.code, bytes: buffer[start..<lineEnd])
            }
        }
        if isFull { throw Malformed(reason: "a reply is longer than \(Self.replyBytesMax) bytes") }
        return nil
    }

    /// The index after the next LF, or nil.
    private func endOfLine(from lineStart: Int) -> Int? {
        buffer[lineStart...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
    }

    private static func parse(
        _ line: ArraySlice<UInt8>
    ) throws(Malformed) -> (code: Int, isLast: Bool) {
        let malformed = Malformed(reason: "what the server sent is not an SMTP reply")
        guard line.count > 3 else { throw malformed }
        let first = line.startIndex
        let (hundreds, tens, ones) = (line[first], line[first + 1], line[first + 2])
        guard (0x32...0x35).contains(hundreds), (0x30...0x35).contains(tens),
            (0x30...0x39).contains(ones)
        else { throw malformed }
        let code = Int(hundreds) * 100 + Int(tens) * 10 + Int(ones) - 0x30 * 111
        switch line[first + 3] {
        case UInt8(ascii: "-"): return (code, false)
        case UInt8(ascii: " "), UInt8(ascii: "\r"), UInt8(ascii: "\n"): return (code, true)
        default: throw malformed
        }
    }
}
