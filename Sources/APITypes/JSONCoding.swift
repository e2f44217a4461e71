package import FoundationEssentials

/// How every JSON document of the API is written and read, on both sides.
package enum JSONCoding {
    /// Writes a document with sorted keys, so that the same value always gives the same bytes.
    package static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// Reads a document; fields the type does not have are ignored, so old clients read new replies.
    package static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws
        -> Value
    {
        try JSONDecoder().decode(type, from: data)
    }
}
