import APITypes

/// A JSON Schema (draft 2020-12, as OpenAPI 3.1 uses it).
struct Schema: Sendable {
    let value: JSONValue

    init(_ value: JSONValue) {
        self.value = value
    }

    /// Refers to one of the document's named schemas.
    static func named(_ name: String) -> Schema {
        Schema(["$ref": .string("#/components/schemas/\(name)")])
    }

    static let text = Schema(["type": "string"])
    static let flag = Schema(["type": "boolean"])
    static let anything = Schema(["type": "object"])
    static let count = integer(0...)
    /// RFC 3339.
    static let instant = Schema(["type": "string", "format": "date-time"])
    /// RFC 3339, or a bare date.
    static let dateOrInstant = Schema([
        "anyOf": [["type": "string", "format": "date"], instant.value]
    ])
    static let objectID = Schema(["type": "string", "pattern": "^[0-9a-fA-F]{24}$"])
    /// What a campaign, template or list may be called.
    static let name = Schema([
        "type": "string", "minLength": 1, "maxLength": 500,
        // No control characters and line separators, and something to see.
        "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$",
    ])

    static func integer(_ range: PartialRangeFrom<Int64>) -> Schema {
        integer(range.lowerBound...Int64.max)
    }

    static func integer(_ range: ClosedRange<Int64>) -> Schema {
        Schema([
            "type": "integer", "minimum": .integer(range.lowerBound),
            "maximum": .integer(range.upperBound),
        ])
    }

    static func number(_ range: ClosedRange<Double>) -> Schema {
        Schema([
            "type": "number", "minimum": .number(range.lowerBound),
            "maximum": .number(range.upperBound),
        ])
    }

    /// Words of an enumeration, separated by commas.
    static func wordList<Words: RawRepresentable & CaseIterable>(_ type: Words.Type) -> Schema
    where Words.RawValue == String {
        let word = "(\(type.allCases.map(\.rawValue).joined(separator: "|")))"
        return Schema(["type": "string", "pattern": .string("^\(word)(,\(word))*$")])
    }

    /// One of an enumeration's words.
    static func words<Words: RawRepresentable & CaseIterable>(_ type: Words.Type) -> Schema
    where Words.RawValue == String {
        Schema(["type": "string", "enum": .array(type.allCases.map { .string($0.rawValue) })])
    }

    static func array(of element: Schema) -> Schema {
        Schema(["type": "array", "items": element.value])
    }

    static func map(of value: Schema) -> Schema {
        Schema(["type": "object", "additionalProperties": value.value])
    }

    /// An array that a request may not leave empty; what is there twice counts once.
    static func some(of element: Schema, upTo maximum: Int) -> Schema {
        Schema([
            "type": "array", "items": element.value, "minItems": 1,
            "maxItems": .integer(Int64(maximum)),
        ])
    }

    /// An array that a request may not leave empty, of different elements.
    static func choice(of element: Schema, upTo maximum: Int) -> Schema {
        Schema([
            "type": "array", "items": element.value, "minItems": 1,
            "maxItems": .integer(Int64(maximum)), "uniqueItems": true,
        ])
    }

    /// The same object, of which exactly one of these groups of members is there and not null.
    func needing(oneOf groups: [[String]]) -> Schema {
        guard case .object(var members) = value else { return self }
        members["oneOf"] = .array(
            groups.map { group in
                let present = group.map { ($0, ["not": ["type": "null"]] as JSONValue) }
                return [
                    "required": .array(group.map { .string($0) }),
                    "properties": .object(Dictionary(uniqueKeysWithValues: present)),
                ]
            }
        )
        return Schema(.object(members))
    }

    /// The same or null, which counts as absent.
    var orNull: Schema { Schema(["anyOf": [value, ["type": "null"]]]) }

    /// An object with these members and no others; those named in `required` are always there.
    static func object(
        _ members: [String: Schema],
        required: [String] = []
    ) -> Schema {
        Schema([
            "type": "object", "properties": .object(members.mapValues(\.value)),
            "additionalProperties": false, "required": .array(required.map { .string($0) }),
        ])
    }
}
