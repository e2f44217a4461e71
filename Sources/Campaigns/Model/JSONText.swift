/// JSON as it is stored, written piece by piece.
package struct JSONText: CustomStringConvertible {
    private var bytes: [UInt8] = []
    private var isFirst = true

    /// Makes an empty text.
    package init() {}

    /// The text so far.
    package var description: String { String(decoding: bytes, as: UTF8.self) }

    package mutating func beginObject() {
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
    }

    package mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        isFirst = false
    }

    /// Adds a member to the object; `value` writes exactly one value.
    package mutating func add(_ name: String, _ value: (inout JSONText) -> Void) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        string(name)
        bytes.append(UInt8(ascii: ":"))
        value(&self)
        isFirst = false
    }

    /// Writes an array of strings.
    package mutating func list(_ texts: [String]) {
        bytes.append(UInt8(ascii: "["))
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            string(text)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    package mutating func number(_ number: Int) {
        bytes.append(contentsOf: String(number).utf8)
    }

    package mutating func string(_ text: String) {
        Self.append(text, to: &bytes)
    }

    /// Appends a string; quotes, backslashes and control characters are escaped (RFC 8259, section 7).
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.hexadecimal[Int(byte >> 4)])
                bytes.append(Self.hexadecimal[Int(byte & 15)])
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
