import FoundationEssentials

/// The spec as the seed's create call writes it; what is stored and shown is this form.
extension CampaignSpec: Decodable {
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

    /// The stored form.
    ///
    /// Written by hand: a bulk writes 100,000 of them in one transaction, and the general encoder
    /// took half of its time.
    package var json: String {
        var text = JSONText()
        text.beginObject()
        text.add("channel") { $0.list(channels.map(\.rawValue)) }
        text.add("contactListId") { $0.list(contactListIDs.map(\.description)) }
        text.add("name") { $0.string(name) }
        text.add("settings") { text in
            text.beginObject()
            for (channel, value) in settings.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                text.add(channel.rawValue) { value.write(to: &$0, channel) }
            }
            text.endObject()
        }
        text.endObject()
        return text.description
    }

    /// Reads the stored form; throws where it is not one.
    package init(json: String) throws {
        var text = json
        self = try text.withUTF8 { bytes in
            try JSONDecoder().decode(Self.self, from: Data(bytes))
        }
    }
}

extension ChannelSettings: Decodable {
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

    fileprivate func write(to text: inout JSONText, _ channel: Channel) {
        text.beginObject()
        text.add(channel.senderField) { $0.string(sender) }
        text.add("templateId") { $0.string(templateID.description) }
        if let version { text.add("version") { $0.number(version) } }
        text.endObject()
    }
}

extension ObjectID: Decodable {
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
}

/// A key known only at run time.
private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}
