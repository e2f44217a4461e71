package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func messages(matching filter: MessageFilter, after: Int64, limit: Int)
        throws(StoreError) -> [Message]
    {
        try read("messages") { snapshot in
            let campaign = try snapshot.existingCampaign(filter.campaignID, owner: nil)
            let query = MessageListQuery(filter, campaign: campaign.seq, after: after, limit: limit)
            return try snapshot.all(query.sql, list: query.values) { row in
                Message(row, campaignID: campaign.id)
            }
        }
    }

    package func operate(
        _ action: MessageAction,
        onMessages ids: [Int64],
        owner: String?,
        now: Timestamp
    ) throws(StoreError) -> [MessageActionResult] {
        try writeJobs("message action", now: now) { ledger in
            var operation = MessageOperation(ledger, action: action, owner: owner)
            let results = try ids.map { try operation.operate(on: $0) }
            ledger = try operation.settle()
            return results
        }
    }

    package func sweepCancelled(limit: Int, now: Timestamp) throws(StoreError) -> Bool {
        try write("sweep") { transaction in
            guard
                let campaign = try transaction.first(
                    CampaignSQL.cancelledWithOpenMessages,
                    row: { $0.int64(0) }
                )
            else { return false }
            var tally = MessageTally()
            var left = limit
            for channel in Channel.allCases {
                for sql in [CampaignSQL.cancelOpen, CampaignSQL.cancelSuspects] where left > 0 {
                    try transaction.query(sql, now, campaign, channel, left) { row in
                        tally.move(
                            campaign: campaign,
                            channel: channel,
                            from: row.int64(0) > 0 ? .deferred : .ready,
                            to: .cancelled
                        )
                        left -= 1
                    }
                }
            }
            try tally.settle(transaction)
            return left < limit
        }
    }
}

/// What an operator asked for, done to messages one by one in one write.
private struct MessageOperation {
    private var ledger: JobLedger
    private let action: MessageAction
    private let owner: String?
    private var tally = MessageTally()

    init(_ ledger: JobLedger, action: MessageAction, owner: String?) {
        self.ledger = ledger
        self.action = action
        self.owner = owner
    }

    mutating func operate(on id: Int64) throws -> MessageActionResult {
        guard let (message, campaign) = try find(id) else {
            return MessageActionResult(
                messageID: id,
                state: nil,
                refusal: "there is no message \(id)"
            )
        }
        if let refusal = refusal(message, campaign.status) {
            return MessageActionResult(messageID: id, state: message.state, refusal: refusal)
        }
        let state: MessageState = action == .resolve(wasSent: true) ? .sent : .ready
        try move(message, to: state)
        return MessageActionResult(messageID: id, state: state, refusal: nil)
    }

    /// Moves counters, then the campaigns: those with open messages send again, the others settle.
    mutating func settle() throws -> JobLedger {
        try tally.settle(ledger.transaction)
        for seq in tally.campaigns.sorted() {
            try ledger.sendAgain(seq)
            try ledger.settleCampaign(seq)
        }
        return ledger
    }

    private func find(_ id: Int64) throws -> (Message, CampaignRow)? {
        let seq = MessageID.campaign(of: id)
        let campaign = try ledger.transaction.first(
            CampaignSQL.campaignBySeq,
            seq,
            row: CampaignRow.init
        )
        guard let campaign, owner == nil || campaign.userID == owner else { return nil }
        return try ledger.transaction.first(CampaignSQL.message, id) { row in
            (Message(row, campaignID: campaign.id), campaign)
        }
    }

    /// Why the message's state, or its campaign's, does not allow the action; nil if they do.
    private func refusal(_ message: Message, _ status: CampaignStatus) -> String? {
        if status == .cancelled, action != .resolve(wasSent: true) {
            return "its campaign is CANCELLED: nothing more of it is sent"
        }
        return switch action {
        case .resolve:
            message.state == .unknown
                ? nil : "it is \(message.state.rawValue): only unknown messages are resolved"
        case .retry:
            switch message.state {
            case .failed, .bounced, .deferred: nil
            case .unknown: "it may have been sent: resolve it with --sent or --resend"
            case .ready, .inflight, .sent, .delivered, .skipped, .cancelled:
                "it is \(message.state.rawValue): failed, bounced and deferred messages are retried"
            }
        }
    }

    private mutating func move(_ message: Message, to state: MessageState) throws {
        let isRetry = action == .retry
        let firstAttemptAt: Timestamp? = nil
        let changes = try ledger.transaction.run(
            CampaignSQL.operate,
            state,
            isRetry ? 0 : message.attempts,
            state == .sent ? message.doubts : 0,
            firstAttemptAt,
            ledger.now,
            note(on: message),
            message.id,
            message.state
        )
        precondition(changes == 1, "message \(message.id) changed inside its own transaction")
        tally.move(
            campaign: MessageID.campaign(of: message.id),
            channel: message.channel,
            from: message.state,
            detail: message.fault?.rawValue ?? "",
            to: state
        )
    }

    private func note(on message: Message) -> String {
        let before = message.lastReply.map { "; before: \($0)" } ?? ""
        let what =
            switch action {
            case .retry: "retried by an operator"
            case .resolve(true): "resolved as sent by an operator"
            case .resolve(false): "resolved by an operator: send again"
            }
        return (what + before).cut(toBytes: 500)
    }
}

/// The statement that lists a campaign's messages.
struct MessageListQuery {
    var sql: String
    var values: [any SQLValue]

    init(_ filter: MessageFilter, campaign: Int64, after: Int64, limit: Int) {
        let ids = MessageID.range(ofCampaign: campaign)
        sql = "SELECT \(CampaignSQL.messageColumns) FROM message"
        if let state = filter.state, Self.attention.contains(state) {
            sql += " WHERE campaign = ? AND id > ?"
            values = [campaign, max(after, ids.lowerBound - 1)]
        } else {
            sql += " WHERE id > ? AND id <= ?"
            values = [max(after, ids.lowerBound - 1), ids.upperBound]
        }
        if let state = filter.state {
            sql += " AND state = '\(state.rawValue)'"
        }
        if let channel = filter.channel {
            sql += " AND channel = '\(channel.rawValue)'"
        }
        sql += " ORDER BY id LIMIT ?"
        values.append(limit)
    }

    /// The states of the index `message_attention`.
    private static let attention: [MessageState] = [
        .deferred, .failed, .bounced, .unknown, .skipped,
    ]
}

extension Message {
    /// Reads `CampaignSQL.messageColumns`.
    fileprivate init(_ row: SQLRow, campaignID: String) {
        let state = MessageState(stored: row.text(3))
        self.init(
            id: row.int64(0),
            campaignID: campaignID,
            channel: Channel(stored: row.text(1)),
            recipient: row.text(2),
            state: state,
            exclusion: row.textOrNil(4).flatMap(Exclusion.init(rawValue:)),
            fault: row.textOrNil(5).flatMap(MessageFault.init(rawValue:)),
            attempts: row.int(6),
            doubts: row.int(7),
            nextAttemptAt: state == .deferred ? row.timestamp(8) : nil,
            updatedAt: row.timestamp(9),
            lastReply: row.textOrNil(10)
        )
    }
}
