import Campaigns

/// Checks what orders name against what is stored, each thing once for a whole write.
struct OrderChecker<Source: Queryable> {
    private let source: Source
    private var templates: [ObjectID: TemplateFacts?] = [:]
    private var lists: [ObjectID: ListFacts?] = [:]

    private struct TemplateFacts {
        var channel: Channel
        var version: Int
        var isDeleted: Bool
    }

    struct ListFacts {
        var seq: Int64
        var name: String
        var channel: Channel?
        var contacts: Int64
        var isDeleted: Bool
    }

    init(_ source: Source) {
        self.source = source
    }

    /// Everything in the spec that is missing, deleted or does not fit.
    mutating func faults(in spec: CampaignSpec) throws -> [FieldFault] {
        var faults: [FieldFault] = []
        for channel in spec.channels {
            guard let settings = spec.settings[channel] else { continue }
            faults += try templateFaults(settings, channel)
        }
        for (index, id) in spec.contactListIDs.enumerated() {
            faults += try listFaults(id, index, channels: spec.channels)
        }
        return faults
    }

    /// What the order stores of a list; nil where there is none.
    mutating func list(_ id: ObjectID) throws -> ListFacts? {
        if let known = lists[id] { return known }
        let facts = try source.first(CampaignSQL.listFacts, id.description) { row in
            ListFacts(
                seq: row.int64(0),
                name: row.text(1),
                channel: row.textOrNil(2).map(Channel.init(stored:)),
                contacts: row.int64(3),
                isDeleted: row.bool(4)
            )
        }
        lists[id] = facts
        return facts
    }

    private mutating func template(_ id: ObjectID) throws -> TemplateFacts? {
        if let known = templates[id] { return known }
        let facts = try source.first(CampaignSQL.templateFacts, id.description) { row in
            TemplateFacts(
                channel: Channel(stored: row.text(0)),
                version: row.int(1),
                isDeleted: row.bool(2)
            )
        }
        templates[id] = facts
        return facts
    }

    private mutating func templateFaults(_ settings: ChannelSettings, _ channel: Channel) throws
        -> [FieldFault]
    {
        let path = "settings.\(channel.rawValue)"
        let id = settings.templateID
        guard let facts = try template(id) else {
            return [
                FieldFault(
                    "\(path).templateId",
                    "there is no template \(id): store it with `campaignctl templates put`"
                )
            ]
        }
        guard !facts.isDeleted else {
            return [FieldFault("\(path).templateId", "template \(id) is deleted")]
        }
        guard facts.channel == channel else {
            return [
                FieldFault(
                    "\(path).templateId",
                    "template \(id) is for \(facts.channel.rawValue), not \(channel.rawValue)"
                )
            ]
        }
        guard let version = settings.version, version > facts.version else { return [] }
        return [
            FieldFault(
                "\(path).version",
                "template \(id) has no version \(version); its newest is \(facts.version)"
            )
        ]
    }

    private mutating func listFaults(_ id: ObjectID, _ index: Int, channels: [Channel]) throws
        -> [FieldFault]
    {
        let path = "contactListId[\(index)]"
        guard let facts = try list(id) else {
            return [
                FieldFault(
                    path,
                    "there is no contact list \(id): import it with `campaignctl lists import`"
                )
            ]
        }
        guard !facts.isDeleted else { return [FieldFault(path, "contact list \(id) is deleted")] }
        if let channel = facts.channel, !channels.contains(channel) {
            return [
                FieldFault(
                    path,
                    "contact list \(id) is for \(channel.rawValue), which is not among the channels"
                )
            ]
        }
        return facts.contacts > 0 ? [] : [FieldFault(path, "contact list \(id) is empty")]
    }
}
