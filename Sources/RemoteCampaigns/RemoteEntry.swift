import APITypes
import Campaigns
import JobQueue

/// One campaign as the server lists it; members that are missing or of another type are nil.
struct RemoteEntry: Sendable, Equatable {
    var id: String
    var name: String
    var status: String
    var channels: Set<String>?
    var listIDs: Set<String>?
    /// Sender and template of each channel; a channel without both is left out.
    var settings: [String: Settings]
    /// The statuses of the change log.
    var log: [String]
    var createdAt: Timestamp?
    var counts: [RemoteMirror.Count]
    var lists: [RemoteMirror.List]

    struct Settings: Sendable, Equatable {
        var sender: String?
        var templateID: String?
    }

    /// Reads an element of the list; nil where it has no id of one word.
    init?(_ json: JSONValue) {
        guard let id = json["campaignId"]?.text ?? json["_id"]?.text, Self.isID(id) else {
            return nil
        }
        self.id = id
        name = json["name"]?.text ?? ""
        status = json["status"]?.text ?? ""
        channels = json["channel"]?.elements.map { Set($0.compactMap(\.text)) }
        let lists = json["contactListId"]?.elements
        listIDs = lists.map { Set($0.compactMap { ($0["_id"]?.text ?? $0.text)?.lowercased() }) }
        settings = Self.settings(json["settings"])
        log = (json["changeLog"]?.elements ?? []).compactMap { $0["status"]?.text }
        createdAt =
            json["createdAt"]?.text.flatMap { Timestamp(rfc3339: $0) } ?? Self.time(inID: id)
        let stats = json["stats"]
        counts = (stats?["result"]?.elements ?? []).compactMap { group in
            guard let status = group["_id"]?["status"]?.text, let count = group["count"]?.integer
            else { return nil }
            return RemoteMirror.Count(status: status, count: count)
        }
        let contacts = (stats?["initContacts"]?.elements ?? []).map { $0["contacts"]?.integer ?? 0 }
        self.lists = (lists ?? []).enumerated().compactMap { index, list in
            guard let id = list["_id"]?.text else { return nil }
            return RemoteMirror.List(
                id: id,
                name: list["name"]?.text ?? "",
                contacts: index < contacts.count ? contacts[index] : 0
            )
        }
    }

    /// Whether a text may be an id: one word of visible ASCII.
    static func isID(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }

    private static func settings(_ json: JSONValue?) -> [String: Settings] {
        guard case .object(let channels)? = json else { return [:] }
        return channels.compactMapValues { value in
            let sender = Channel.allCases.compactMap { value[$0.senderField]?.text }.first
            let template = value["templateId"]?.text?.lowercased()
            return sender == nil && template == nil
                ? nil : Settings(sender: sender, templateID: template)
        }
    }

    /// The second an ObjectId was made in; nil where the id is no ObjectId.
    private static func time(inID id: String) -> Timestamp? {
        guard id.utf8.count == 24, let seconds = UInt32(id.prefix(8), radix: 16) else { return nil }
        return Timestamp(milliseconds: Int64(seconds) * 1_000)
    }

    /// The entry in one line, as evidence.
    var inWords: String {
        let counts = counts.map { "\($0.count) \($0.status)" }.joined(separator: ", ")
        let log = log.isEmpty ? "" : "; changeLog \(log.joined(separator: ", "))"
        return "\(id) is \(status)\(log)\(counts.isEmpty ? "" : "; \(counts)")"
    }
}

extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }

    var integer: Int64? {
        switch self {
        case .integer(let integer): integer
        case .number(let number): Int64(exactly: number)
        default: nil
        }
    }

    var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
}

/// One page of the server's list.
struct RemotePage: Sendable {
    var entries: [RemoteEntry]
    /// How many campaigns there are in all, where the server says so.
    var count: Int64?

    /// Reads a reply's body; nil where it is no list of campaigns.
    init?(_ body: [UInt8]) {
        guard let json = try? JSONValue(parsing: body), let elements = json["result"]?.elements
        else { return nil }
        entries = elements.compactMap(RemoteEntry.init)
        count = json["meta"]?["count"]?.integer
    }
}
