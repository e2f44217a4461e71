package import FoundationEssentials

/// How every JSON document of the API is written and read, on both sides.
package enum JSONCoding {
    /// Writes a document, its members in the order of their declaration: the same value always
    /// gives the same bytes.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let output = JSONOutput()
        try output.write(value)
        return output.bytes
    }

    /// Reads a document; fields the type does not have are ignored, so old clients read new replies.
    package static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws
        -> Value
    {
        try JSONDecoder().decode(type, from: data)
    }
}
