import FoundationEssentials

/// The spec as the seed's create call writes it; what is stored and shown is this form.
extension CampaignSpec: Codable {
    private enum Key: String, CodingKey {
        case name, settings, channel, contactListId
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let settings = try fields.decode([String: ChannelSettings].self, forKey: .settings)
        self.init(
            name: try fields.decode(String.self, forKey: .name),
            channels: try fields.decode([Channel].self, forKey: .channel),
            settings: Dictionary(
                uniqueKeysWithValues: settings.compactMap { name, value in
                    Channel(rawValue: name).map { ($0, value) }
                }
            ),
            contactListIDs: try fields.decode([ObjectID].self, forKey: .contactListId)
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(name, forKey: .name)
        var channels = fields.nestedContainer(keyedBy: AnyKey.self, forKey: .settings)
        for (channel, value) in settings {
            var one = channels.nestedContainer(
                keyedBy: AnyKey.self,
                forKey: AnyKey(channel.rawValue)
            )
            try one.encode(value.sender, forKey: AnyKey(channel.senderField))
            try one.encode(value.templateID, forKey: AnyKey("templateId"))
            try one.encodeIfPresent(value.version, forKey: AnyKey("version"))
        }
        try fields.encode(self.channels, forKey: .channel)
        try fields.encode(contactListIDs, forKey: .contactListId)
    }

    /// The stored form.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("a campaign spec is always JSON")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Reads the stored form; throws where it is not one.
    package init(json: String) throws {
        var text = json
        self = try text.withUTF8 { bytes in
            try JSONDecoder().decode(Self.self, from: Data(bytes))
        }
    }
}

extension ChannelSettings: Codable {
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: AnyKey.self)
        let senderField = Channel.allCases.map(\.senderField).first { name in
            fields.contains(AnyKey(name))
        }
        self.init(
            sender: try fields.decode(
                String.self,
                forKey: AnyKey(senderField ?? Channel.email.senderField)
            ),
            templateID: try fields.decode(ObjectID.self, forKey: AnyKey("templateId")),
            version: try fields.decodeIfPresent(Int.self, forKey: AnyKey("version"))
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: AnyKey.self)
        try fields.encode(sender, forKey: AnyKey(Channel.email.senderField))
        try fields.encode(templateID, forKey: AnyKey("templateId"))
        try fields.encodeIfPresent(version, forKey: AnyKey("version"))
    }
}

extension ObjectID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = ObjectID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "an id is 24 hexadecimal digits"
            )
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A key known only at run time.
private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}
