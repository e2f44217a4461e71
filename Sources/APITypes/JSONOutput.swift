/// Writes any `Encodable` as JSON, the members of objects in the order in which a type encodes
/// them: that of its declaration, so that replies read as the API's document shows them.
///
/// Members of dictionaries, which have no order, are sorted: the same value gives the same bytes.
final class JSONOutput {
    private(set) var bytes: [UInt8] = []

    /// Writes one value.
    ///
    /// What has a type to compare with comes first: whether a type conforms to a protocol is found
    /// by a search of the whole program, the first time each type is asked.
    func write<Value: Encodable>(_ value: Value) throws {
        switch value {
        case let text as String: write(text)
        case let flag as Bool: write(flag)
        case let integer as Int64: write(integer: integer)
        case let number as Double: try write(number)
        case let value as JSONValue: try write(json: value)
        case let members as any StringKeyed: try members.write(to: self)
        default:
            let encoder = ValueEncoder(self)
            try value.encode(to: encoder)
            encoder.close()
        }
    }

    /// Writes what needs no escaping.
    func write(verbatim text: String) { bytes += text.utf8 }

    /// Writes an integer of any width.
    func write(integer: some FixedWidthInteger) { write(verbatim: "\(integer)") }

    private func write(_ flag: Bool) { write(verbatim: flag ? "true" : "false") }

    /// Writes a string with its quotation marks (RFC 8259 section 7).
    func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "\r"): bytes += "\\r".utf8
            case UInt8(ascii: "\t"): bytes += "\\t".utf8
            case ..<0x20:
                let digits = String(byte, radix: 16)
                bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private func write(_ number: Double) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(
                number,
                .init(codingPath: [], debugDescription: "JSON has no such number")
            )
        }
        write(verbatim: "\(number)")
    }

    private func write(json value: JSONValue) throws {
        switch value {
        case .null: write(verbatim: "null")
        case .bool(let flag): write(flag)
        case .integer(let integer): write(integer: integer)
        case .number(let number): try write(number)
        case .string(let text): write(text)
        case .array(let elements):
            write(verbatim: "[")
            for (index, element) in elements.enumerated() {
                if index > 0 { write(verbatim: ",") }
                try write(json: element)
            }
            write(verbatim: "]")
        case .object(let members): try members.write(to: self)
        }
    }
}

/// A dictionary with strings for keys.
private protocol StringKeyed {
    func write(to output: JSONOutput) throws
}

extension Dictionary: StringKeyed where Key == String, Value: Encodable {
    fileprivate func write(to output: JSONOutput) throws {
        var separator = "{"
        for (name, value) in sorted(by: { $0.key < $1.key }) {
            output.write(verbatim: separator)
            separator = ","
            output.write(name)
            output.write(verbatim: ":")
            try output.write(value)
        }
        output.write(verbatim: isEmpty ? "{}" : "}")
    }
}

/// Takes one value in; it opens at most one container, which is closed when the value is done.
private final class ValueEncoder: Encoder {
    let output: JSONOutput
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private var end = ""

    init(_ output: JSONOutput) {
        self.output = output
    }

    func close() { output.write(verbatim: end) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        output.write(verbatim: "{")
        end = "}"
        return KeyedEncodingContainer(Members(output))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        output.write(verbatim: "[")
        end = "]"
        return Elements(output)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(output) }

    /// The members of an object.
    private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let output: JSONOutput
        let codingPath: [any CodingKey] = []
        private var isFirst = true

        init(_ output: JSONOutput) {
            self.output = output
        }

        mutating func encodeNil(forKey key: Key) {
            begin(key)
            output.write(verbatim: "null")
        }

        mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
            begin(key)
            try output.write(value)
        }

        mutating func encode<Value: Encodable & FixedWidthInteger>(
            _ value: Value,
            forKey key: Key
        ) {
            begin(key)
            output.write(integer: value)
        }

        private mutating func begin(_ key: Key) {
            if !isFirst { output.write(verbatim: ",") }
            isFirst = false
            output.write(key.stringValue)
            output.write(verbatim: ":")
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy keyType: Nested.Type,
            forKey key: Key
        ) -> KeyedEncodingContainer<Nested> { nothingNests() }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            nothingNests()
        }

        func superEncoder() -> any Encoder { nothingNests() }
        func superEncoder(forKey key: Key) -> any Encoder { nothingNests() }
    }

    /// The elements of an array.
    private struct Elements: UnkeyedEncodingContainer {
        let output: JSONOutput
        let codingPath: [any CodingKey] = []
        private(set) var count = 0

        init(_ output: JSONOutput) {
            self.output = output
        }

        mutating func encodeNil() {
            begin()
            output.write(verbatim: "null")
        }

        mutating func encode<Value: Encodable>(_ value: Value) throws {
            begin()
            try output.write(value)
        }

        mutating func encode<Value: Encodable & FixedWidthInteger>(_ value: Value) {
            begin()
            output.write(integer: value)
        }

        private mutating func begin() {
            if count > 0 { output.write(verbatim: ",") }
            count += 1
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy keyType: Nested.Type
        ) -> KeyedEncodingContainer<Nested> { nothingNests() }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nothingNests() }
        func superEncoder() -> any Encoder { nothingNests() }
    }

    /// A value that is neither object nor array, or hands its work to one that is.
    private struct Single: SingleValueEncodingContainer {
        let output: JSONOutput
        let codingPath: [any CodingKey] = []

        init(_ output: JSONOutput) {
            self.output = output
        }

        func encodeNil() { output.write(verbatim: "null") }
        func encode<Value: Encodable>(_ value: Value) throws { try output.write(value) }
        func encode<Value: Encodable & FixedWidthInteger>(_ value: Value) {
            output.write(integer: value)
        }
    }
}

/// Bodies are made of bodies; none builds a container inside another one by hand.
private func nothingNests() -> Never {
    preconditionFailure("no body of the API nests containers by hand")
}
