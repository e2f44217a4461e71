import Campaigns

/// A JSON object whose values are strings, the stored form of a contact's variables.
///
/// Written and read once for each message, so by hand: a general decoder takes ten times as long.
enum FlatJSON {
    /// The object, its names in order, so that equal variables give equal text.
    static func encode(_ values: [String: String]) -> String {
        guard !values.isEmpty else { return "{}" }
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            JSONText.append(value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads what ``encode(_:)`` wrote; nil for anything else.
    static func decode(_ text: String) -> [String: String]? {
        var text = text
        return text.withUTF8 { bytes in
            var reader = Reader(bytes: bytes)
            return reader.object()
        }
    }

    private struct Reader {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0

        mutating func object() -> [String: String]? {
            guard take(UInt8(ascii: "{")) else { return nil }
            var values: [String: String] = [:]
            if take(UInt8(ascii: "}")) { return position == bytes.count ? values : nil }
            repeat {
                guard let name = string(), take(UInt8(ascii: ":")), let value = string() else {
                    return nil
                }
                values[name] = value
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "}")) && position == bytes.count ? values : nil
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard position < bytes.count, bytes[position] == byte else { return false }
            position += 1
            return true
        }

        private mutating func string() -> String? {
            guard take(UInt8(ascii: "\"")) else { return nil }
            let start = position
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "\""):
                    let text = String(
                        decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]),
                        as: UTF8.self
                    )
                    position += 1
                    return text
                case UInt8(ascii: "\\"):
                    return escapedString(from: start)
                default:
                    position += 1
                }
            }
            return nil
        }

        private mutating func escapedString(from start: Int) -> String? {
            var text = Array(bytes[start..<position])
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
                guard byte == UInt8(ascii: "\\") else {
                    text.append(byte)
                    continue
                }
                guard let character = escape() else { return nil }
                text.append(character)
            }
            return nil
        }

        private mutating func escape() -> UInt8? {
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "u") else { return byte }
            guard position + 4 <= bytes.count,
                let code = UInt8(
                    String(
                        decoding: UnsafeBufferPointer(rebasing: bytes[position..<position + 4]),
                        as: UTF8.self
                    ),
                    radix: 16
                )
            else { return nil }
            position += 4
            return code
        }
    }
}
