extension MessageBuffer {
    /// What every boundary begins with: quoted-printable never writes it, and a body that has it
    /// at the start of a line goes quoted-printable.
    static let boundaryPrefix = "=_"
    private static let boundaryLine: StaticString = "--=_"

    /// Appends the headers of a body, an empty line and the body without its own last line end.
    mutating func appendPart(_ body: String, type: String) {
        let source = body.utf8.span
        let isPlain = Self.isPlain(source)
        appendHeader("Content-Type", "\(type); charset=utf-8")
        appendHeader("Content-Transfer-Encoding", isPlain ? "7bit" : "quoted-printable")
        endLine()
        var position = 0
        while true {
            let line = Self.line(in: source, from: position)
            if isPlain {
                append(source.extracting(line.content))
            } else {
                appendQuotedPrintable(source.extracting(line.content))
            }
            guard let next = line.next else { return }
            endLine()
            position = next
        }
    }

    /// Whether every line can go as it is: short, ASCII, no space at its end that a server might
    /// trim, not like a boundary, and not like the `From ` line that mailbox files begin with.
    private static func isPlain(_ source: Span<UInt8>) -> Bool {
        var position: Int? = 0
        while let start = position {
            let line = line(in: source, from: start)
            guard isPlainLine(source.extracting(line.content)) else { return false }
            position = line.next
        }
        return true
    }

    private static func isPlainLine(_ line: Span<UInt8>) -> Bool {
        guard line.count <= foldedLine, !line.isFromLine, !line.starts(with: boundaryLine)
        else { return false }
        for index in line.indices {
            let byte = line[index]
            guard byte >= 0x20 || byte == UInt8(ascii: "\t"), byte < 0x7F else { return false }
        }
        return line.isEmpty || !line[line.count - 1].isBlank
    }

    /// The line at `start` and where the next one begins, behind CRLF, LF or CR; nil at the end.
    private static func line(
        in source: Span<UInt8>,
        from start: Int
    ) -> (content: Range<Int>, next: Int?) {
        let rest = source.extracting(start...)
        let feed = rest.firstIndex(of: UInt8(ascii: "\n"))
        let line = rest.extracting(..<(feed ?? rest.count))
        guard let end = line.firstIndex(of: UInt8(ascii: "\r")) else {
            return (start..<start + line.count, feed.map { start + $0 + 1 })
        }
        let isCRLF = end + 1 == feed
        return (start..<start + end, start + end + (isCRLF ? 2 : 1))
    }

    /// Appends one line by RFC 2045 section 6.7, with soft line breaks.
    private mutating func appendQuotedPrintable(_ line: Span<UInt8>) {
        // The last byte of a line is left for the `=` of a soft break.
        let width = Self.foldedLine - 1
        var position = 0
        while position < line.count {
            let isFromLine = column == 0 && line.extracting(position...).isFromLine
            let end = isFromLine ? position : min(line.count, position + width - column)
            let run = line.literalRun(position..<end)
            append(line.extracting(run))
            position = run.upperBound
            guard position < line.count else { return }
            if column + 3 <= width, isFromLine || !line.isLiteral(at: position) {
                appendEscaped(line[position])
                position += 1
            } else {
                append(UInt8(ascii: "="))
                endLine()
            }
        }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        append(UInt8(ascii: "="))
        append(hexDigit(byte >> 4))
        append(hexDigit(byte & 0x0F))
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
}

extension Span<UInt8> {
    /// Whether the text could be taken for the line that begins a message in a mailbox file.
    fileprivate var isFromLine: Bool { starts(with: "From ") }

    /// Whether the byte stands for itself in quoted-printable; a blank at the end of a line cannot.
    fileprivate func isLiteral(at index: Int) -> Bool {
        let byte = self[index]
        if byte > 0x20 { return byte < 0x7F && byte != UInt8(ascii: "=") }
        return byte.isBlank && index + 1 < count
    }

    /// The bytes at the start of `range` that stand for themselves.
    fileprivate func literalRun(_ range: Range<Int>) -> Range<Int> {
        var end = range.lowerBound
        while end < range.upperBound, isLiteral(at: end) { end += 1 }
        return range.lowerBound..<end
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
