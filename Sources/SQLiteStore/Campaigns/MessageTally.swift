import Campaigns

/// Counts what a write does to messages, and moves the counters once at its end.
struct MessageTally {
    private var changes: [Key: Int64] = [:]

    private struct Key: Hashable {
        var campaign: Int64
        var channel: Channel
        var state: MessageState
        var detail: String
    }

    /// Counts `count` messages that went from one state to another.
    mutating func move(
        _ count: Int64 = 1,
        campaign: Int64,
        channel: Channel,
        from: MessageState,
        detail: String = "",
        to: MessageState,
        newDetail: String = ""
    ) {
        add(-count, Key(campaign: campaign, channel: channel, state: from, detail: detail))
        add(count, Key(campaign: campaign, channel: channel, state: to, detail: newDetail))
    }

    /// Counts a message that was not there before.
    mutating func add(_ message: NewMessage, campaign: Int64) {
        add(
            1,
            Key(
                campaign: campaign,
                channel: message.channel,
                state: message.exclusion == nil ? .ready : .skipped,
                detail: message.exclusion?.rawValue ?? ""
            )
        )
    }

    /// Writes the counters.
    func settle(_ transaction: Transaction) throws {
        for (key, change) in changes where change != 0 {
            try transaction.run(
                CampaignSQL.count,
                key.campaign,
                key.channel,
                key.state,
                key.detail,
                change
            )
        }
    }

    /// The campaigns that were touched.
    var campaigns: Set<Int64> { Set(changes.keys.map(\.campaign)) }

    private mutating func add(_ count: Int64, _ key: Key) {
        changes[key, default: 0] += count
    }
}
