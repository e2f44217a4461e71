import APITypes
import Campaigns
import Crypto
import FoundationEssentials
import JobQueue

/// What the server is asked to create, and by what it is known again.
struct CampaignContent: Sendable {
    let name: String
    let marker: String?
    let spec: CampaignSpec

    /// The content under the name that the server is given, which ends in the marker.
    init(_ spec: CampaignSpec, name: String, marker: String?) {
        self.spec = spec
        self.name = name
        self.marker = marker
    }

    /// Whether an entry of the server's list goes by this name, or bears this marker.
    func isMeant(by entry: RemoteEntry) -> Bool {
        marker.map { Marker.marker(of: entry.name) == $0 } ?? (entry.name == name)
    }

    /// The body of the seed's create call.
    var body: [UInt8] {
        var settings: [String: JSONValue] = [:]
        for channel in spec.channels {
            guard let chosen = spec.settings[channel] else { continue }
            var members: [String: JSONValue] = [
                channel.senderField: .string(chosen.sender),
                "templateId": .string(chosen.templateID.description),
            ]
            if let version = chosen.version { members["version"] = .integer(Int64(version)) }
            settings[channel.rawValue] = .object(members)
        }
        let document: JSONValue = .object([
            "campaignId": .null, "name": .string(name), "settings": .object(settings),
            "channel": .array(spec.channels.map { .string($0.rawValue) }),
            "contactListId": .array(spec.contactListIDs.map { .string($0.description) }),
        ])
        guard let data = try? JSONCoding.encode(document) else {
            preconditionFailure("a JSON value is always JSON")
        }
        return data
    }

    /// The same for the same content, whatever the order of channels and lists; SHA-256, in hex.
    ///
    /// The marker is no part of it.
    static func fingerprint(of spec: CampaignSpec) -> String {
        var parts = [spec.name]
        for channel in spec.channels.map(\.rawValue).sorted() {
            guard let known = Channel(rawValue: channel), let chosen = spec.settings[known] else {
                continue
            }
            let version = chosen.version.map(String.init) ?? ""
            parts += [channel, chosen.sender, chosen.templateID.description, version]
        }
        parts += spec.contactListIDs.map(\.description).sorted()
        var hash = SHA256()
        for part in parts {
            hash.update(data: Array("\(part.utf8.count):".utf8))
            hash.update(data: Array(part.utf8))
        }
        let digits = Array("0123456789abcdef")
        return hash.finalize().reduce(into: "") { text, byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
    }

    /// The members in which an entry of the server's list differs from what was asked for.
    ///
    /// A member that the server does not show is no difference.
    func differences(from entry: RemoteEntry) -> [String] {
        var differences: [String] = []
        // A marker says more than the name around it, which the server may have tidied up.
        if marker == nil, entry.name != name { differences.append("name") }
        if let channels = entry.channels, channels != Set(spec.channels.map(\.rawValue)) {
            differences.append("channel")
        }
        if let lists = entry.listIDs, lists != Set(spec.contactListIDs.map(\.description)) {
            differences.append("contactListId")
        }
        for channel in spec.channels {
            guard let shown = entry.settings[channel.rawValue], let asked = spec.settings[channel]
            else { continue }
            let field = "settings.\(channel.rawValue)"
            if let template = shown.templateID, template != asked.templateID.description {
                differences.append("\(field).templateId")
            }
            if let sender = shown.sender, sender.lowercased() != asked.sender.lowercased() {
                differences.append("\(field).\(channel.senderField)")
            }
        }
        return differences
    }
}

/// The short word by which a campaign is known again in the server's list.
enum Marker {
    /// 50 bits: enough that nobody else's campaign has it, few enough to be read out.
    private static let length = 10
    /// Without letters and digits that look alike.
    private static let alphabet = Array("23456789abcdefghjkmnpqrstuvwxyz")

    /// A fresh marker from the system's generator of unguessable numbers.
    static func fresh() -> String {
        var random = SystemRandomNumberGenerator()
        return String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "2" })
    }

    /// The marker at the end of a name; nil where there is none.
    static func marker(of name: String) -> String? {
        guard name.hasSuffix("]") else { return nil }
        let word = name.dropLast().suffix(length)
        return word.count == length
            && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            ? word.lowercased() : nil
    }

    /// The name with the marker at its end, its own end cut where both together are too long.
    static func name(_ name: String, marker: String?) -> String {
        guard let marker else { return name }
        let room = CampaignSpec.nameLength.upperBound - length - 3
        return "\(name.prefix(room)) [\(marker)]"
    }
}
