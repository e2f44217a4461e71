package import JobQueue

/// What a preview and a report read; nothing is written.
package protocol PreviewStore: Sendable {
    /// A campaign's channels with their texts, and its lists: as pinned, or as a build would pin
    /// them now. Nil if there is no such campaign.
    func previewPlan(of campaign: String, owner: String?) throws(StoreError) -> PreviewPlan?

    /// The message that was built for a recipient, or the first one on the channel.
    ///
    /// A recipient is looked for among all messages of the campaign.
    func builtMessage(of campaign: Int64, on channel: Channel, to recipient: RecipientKey?)
        throws(StoreError) -> BuiltMessage?

    /// What the build found, most frequent first, at most `limit` of each kind and channel.
    func buildFindings(of campaign: Int64, limit: Int) throws(StoreError) -> [BuildFinding]
}

/// What a campaign's messages are made of.
package struct PreviewPlan: Sendable {
    package var seq: Int64
    package var status: CampaignStatus
    package var channels: [BuildChannel]
    package var lists: [BuildList]

    /// Makes a plan.
    package init(
        seq: Int64,
        status: CampaignStatus,
        channels: [BuildChannel],
        lists: [BuildList]
    ) {
        self.seq = seq
        self.status = status
        self.channels = channels
        self.lists = lists
    }
}

/// A message as the build left it.
package struct BuiltMessage: Sendable {
    package var id: Int64
    package var recipient: String
    package var variables: [String: String]
    package var exclusion: Exclusion?
    /// What the exclusion is about.
    package var note: String?

    /// Makes a message.
    package init(
        id: Int64,
        recipient: String,
        variables: [String: String],
        exclusion: Exclusion?,
        note: String?
    ) {
        self.id = id
        self.recipient = recipient
        self.variables = variables
        self.exclusion = exclusion
        self.note = note
    }
}

/// Something a build noticed, about one message or about many.
package struct BuildFinding: Sendable, Hashable {
    /// What kind of thing it is.
    package enum Kind: String, Sendable {
        /// A variable that had no value: the detail is its name.
        case missingVariable = "missing-variable"
        /// An SMS of so many parts: the detail is their number.
        case parts
        /// An SMS that a character makes UCS-2: the detail is the first one.
        case stray
        /// The parts that this costs beyond what the text would take without such characters.
        case strayCost = "stray-cost"
    }

    package var channel: Channel
    package var kind: Kind
    package var detail: String
    /// How many messages it is about; of a cost, how many parts.
    package var count: Int64

    /// Makes a finding.
    package init(channel: Channel, kind: Kind, detail: String, count: Int64 = 1) {
        self.channel = channel
        self.kind = kind
        self.detail = detail
        self.count = count
    }
}
