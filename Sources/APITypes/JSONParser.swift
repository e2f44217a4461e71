/// Why bytes are not a JSON document.
package struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was expected or is not allowed.
    package var message: String
    /// From 1.
    package var line: Int
    /// In bytes, from 1.
    package var column: Int

    package var description: String { "line \(line), column \(column): \(message)" }
}

extension JSONValue {
    /// Reads one document (RFC 8259), with nothing but white space around it.
    ///
    /// Stricter than `JSONDecoder`, which takes `[1,]`, one of two members of the same name, and
    /// says of no error where it lies; and it needs 15 µs for a campaign's spec instead of 120.
    package init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        var parser = JSONParser(bytes)
        self = try parser.document()
    }
}

/// Reads JSON by recursive descent, to a depth that no stack minds.
struct JSONParser {
    static let maximumDepth = 64

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        skipByteOrderMark()
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw error("the end of the document was expected") }
        return value
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try members())
        case UInt8(ascii: "["): return .array(try elements())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw error("a value was expected")
        }
    }

    /// Takes the bracket that begins an object or an array.
    private mutating func enter() throws(JSONSyntaxError) {
        guard depth < Self.maximumDepth else {
            throw error("objects and arrays lie more than \(Self.maximumDepth) deep")
        }
        depth += 1
        position += 1
    }

    private mutating func members() throws(JSONSyntaxError) -> [String: JSONValue] {
        try enter()
        defer { depth -= 1 }
        var members: [String: JSONValue] = [:]
        if take("}") { return members }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw error("a member's name was expected") }
            let start = position
            let name = try string()
            guard take(":") else { throw error("\":\" was expected") }
            guard members.updateValue(try value(), forKey: name) == nil else {
                position = start
                throw error("the object has two members of this name")
            }
        } while take(",")
        guard take("}") else { throw error("\",\" or \"}\" was expected") }
        return members
    }

    private mutating func elements() throws(JSONSyntaxError) -> [JSONValue] {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if take("]") { return elements }
        repeat { elements.append(try value()) } while take(",")
        guard take("]") else { throw error("\",\" or \"]\" was expected") }
        return elements
    }

    private mutating func word(
        _ word: StaticString,
        _ value: JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        let isThere = word.withUTF8Buffer {
            end <= bytes.count && bytes[position..<end].elementsEqual($0)
        }
        guard isThere else { throw error("a value was expected") }
        position = end
        return value
    }
}

// MARK: Numbers

extension JSONParser {
    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        let first = peek
        let digits = skipDigits()
        guard digits > 0, digits == 1 || first != UInt8(ascii: "0") else {
            throw error("a number without leading zeros was expected")
        }
        let isWhole = try !skipFractionAndExponent()
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            throw error("the number is too large")
        }
        return .number(number)
    }

    /// Returns whether there was either.
    private mutating func skipFractionAndExponent() throws(JSONSyntaxError) -> Bool {
        var isThere = false
        if peek == UInt8(ascii: ".") {
            position += 1
            guard skipDigits() > 0 else { throw error("a digit was expected") }
            isThere = true
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            guard skipDigits() > 0 else { throw error("a digit was expected") }
            isThere = true
        }
        return isThere
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(peek) {
            position += 1
        }
        return position - start
    }
}

// MARK: Strings

extension JSONParser {
    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        var start = position
        var unescaped: [UInt8] = []
        while true {
            let byte = peek
            guard byte >= 0x20 else {
                throw error(
                    position < bytes.count
                        ? "a control character must be escaped" : "the string is not closed"
                )
            }
            if byte == UInt8(ascii: "\\") {
                unescaped += bytes[start..<position]
                try appendEscape(to: &unescaped)
                start = position
            } else if byte == UInt8(ascii: "\"") {
                break
            } else {
                position += 1
            }
        }
        let tail = bytes[start..<position]
        let text =
            unescaped.isEmpty
            ? String(validating: tail, as: UTF8.self)
            : String(validating: unescaped + tail, as: UTF8.self)
        guard let text else { throw error("the string is not valid UTF-8") }
        position += 1
        return text
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(JSONSyntaxError) {
        position += 1
        let byte = peek
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += Array(String(try escapedScalar()).utf8)
        default:
            position -= 1
            throw error("there is no such escape")
        }
    }

    /// One `\uXXXX`, or two that are the halves of one character.
    private mutating func escapedScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, peek == UInt8(ascii: "\\") else {
            throw error("half of a surrogate pair stands alone")
        }
        position += 1
        guard peek == UInt8(ascii: "u") else {
            throw error("half of a surrogate pair stands alone")
        }
        position += 1
        let low = try codeUnit()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(
                0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
            )
        else { throw error("half of a surrogate pair stands alone") }
        return scalar
    }

    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(peek)).hexDigitValue else {
                throw error("four hexadecimal digits were expected")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

// MARK: Position

extension JSONParser {
    /// The next byte; 0, which no document has outside its strings' escapes, at the end.
    private var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipSpace() {
        while peek == 0x20 || peek == 0x0A || peek == 0x0D || peek == 0x09 { position += 1 }
    }

    /// Some editors begin a file with one; RFC 8259 section 8.1 lets a reader ignore it.
    private mutating func skipByteOrderMark() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Takes a punctuation mark, with the white space before it.
    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    private func error(_ message: String) -> JSONSyntaxError {
        let before = bytes[..<min(position, bytes.count)]
        let newline = before.lastIndex(of: 0x0A)
        return JSONSyntaxError(
            message: message,
            line: before.count { $0 == 0x0A } + 1,
            column: position - (newline ?? -1)
        )
    }
}
