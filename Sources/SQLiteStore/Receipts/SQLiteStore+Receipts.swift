package import Campaigns
package import JobQueue

extension SQLiteStore: ReceiptStore {
    package func receive(
        _ receipt: Receipt?,
        suppressing reason: SuppressionReason?,
        of message: Int64,
        now: Timestamp,
        wall: Timestamp
    ) throws(StoreError) {
        try writeJobs("receipt", now: now) { ledger in
            guard let facts = try ledger.transaction.receivedFacts(message) else { return }
            if let reason {
                _ = try ledger.transaction.suppress(
                    Suppression(
                        recipient: RecipientKey(
                            channel: facts.channel,
                            normalised: facts.recipient
                        ),
                        reason: reason,
                        note: receipt?.reply,
                        at: wall
                    )
                )
            }
            guard let receipt else { return }
            if facts.state == .inflight {
                try ledger.transaction.keep(receipt)
            } else {
                var arrivals = Arrivals()
                try arrivals.apply(receipt, facts, by: ledger)
                try arrivals.settle(&ledger)
            }
        }
    }
}

/// Reports that move messages whose flight has ended, in one write.
struct Arrivals {
    private var tally = MessageTally()
    /// Campaigns of which a message is to be sent again.
    private var reopened: Set<Int64> = []

    /// Applies a report; one that says nothing new or speaks of an earlier attempt does nothing.
    mutating func apply(_ receipt: Receipt, _ facts: ReceivedFacts, by ledger: JobLedger) throws {
        let kept = try ledger.transaction.keptReceipt(receipt.message)
        if let kept, kept.providerID != receipt.providerID, receipt.report.isFailure { return }
        let seq = MessageID.campaign(of: receipt.message)
        guard let (state, due) = try target(of: receipt, facts, seq, by: ledger) else { return }
        try ledger.transaction.run(
            ReceiptSQL.move,
            state,
            due,
            ledger.now,
            receipt.reply.cut(toBytes: 500),
            receipt.message,
            facts.state
        )
        tally.move(campaign: seq, channel: facts.channel, from: facts.state, to: state)
        if state == .deferred { reopened.insert(seq) }
    }

    /// The same for what a provider that was asked for the message says of it.
    mutating func apply(_ delivery: Delivery, of message: Int64, by ledger: JobLedger) throws {
        guard delivery.report != .sent,
            let facts = try ledger.transaction.receivedFacts(message)
        else { return }
        try apply(Receipt(delivery, of: message), facts, by: ledger)
    }

    /// The same for a report that was kept while the message was in flight.
    mutating func applyKept(_ message: Int64, by ledger: JobLedger) throws {
        guard let receipt = try ledger.transaction.keptReceipt(message)?.receipt,
            let facts = try ledger.transaction.receivedFacts(message)
        else { return }
        try apply(receipt, facts, by: ledger)
        try ledger.transaction.run(ReceiptSQL.forgetReport, message)
    }

    /// Moves counters, then the campaigns.
    mutating func settle(_ ledger: inout JobLedger) throws {
        try tally.settle(ledger.transaction)
        for seq in tally.campaigns.sorted() {
            if reopened.contains(seq) { try ledger.sendAgain(seq) }
            try ledger.settleCampaign(seq)
        }
        self = Arrivals()
    }

    /// Where the report takes the message, and when it is due; nil where it stays.
    private func target(
        of receipt: Receipt,
        _ facts: ReceivedFacts,
        _ seq: Int64,
        by ledger: JobLedger
    ) throws -> (MessageState, Int64)? {
        guard facts.state == .sent || facts.state == .unknown else { return nil }
        switch receipt.report {
        case .sent: return facts.state == .unknown ? (.sent, 0) : nil
        case .delivered: return (.delivered, 0)
        case .bounced: return (.bounced, 0)
        case .again(let wait, let times):
            let status = try ledger.transaction.first(CampaignSQL.status, seq) { row in
                CampaignStatus(stored: row.text(0))
            }
            let mayRetry = facts.attempts <= times && status != .cancelled
            return mayRetry ? (.deferred, (ledger.now + wait).milliseconds) : (.bounced, 0)
        }
    }
}

/// What a report's effect depends on.
struct ReceivedFacts {
    var state: MessageState
    var channel: Channel
    var attempts: Int
    var recipient: String
}

/// What is kept of a message's reports.
struct KeptReceipt {
    var providerID: String
    /// The report that came while the message was in flight.
    var receipt: Receipt?
}

extension ReceiptReport {
    /// Whether it says that one attempt came to nothing.
    fileprivate var isFailure: Bool {
        switch self {
        case .sent, .delivered: false
        case .bounced, .again: true
        }
    }

    /// The word in the table, the wait in milliseconds, and the times.
    fileprivate var columns: (word: String, milliseconds: Int64, times: Int) {
        switch self {
        case .sent: ("sent", 0, 0)
        case .delivered: ("delivered", 0, 0)
        case .bounced: ("bounced", 0, 0)
        case .again(let wait, let times): ("again", wait.wholeMilliseconds, times)
        }
    }

    fileprivate init?(_ word: String?, milliseconds: Int64, times: Int) {
        switch word {
        case "sent": self = .sent
        case "delivered": self = .delivered
        case "bounced": self = .bounced
        case "again": self = .again(after: .milliseconds(milliseconds), times: times)
        default: return nil
        }
    }
}

extension Queryable {
    /// What the effect of a report about a message depends on; nil where it is gone.
    func receivedFacts(_ message: Int64) throws -> ReceivedFacts? {
        try first(ReceiptSQL.message, message) { row in
            ReceivedFacts(
                state: MessageState(stored: row.text(0)),
                channel: Channel(stored: row.text(1)),
                attempts: row.int(2),
                recipient: row.text(3)
            )
        }
    }

    /// What is kept of a message's reports; nil where no provider knows it.
    func keptReceipt(_ message: Int64) throws -> KeptReceipt? {
        try first(ReceiptSQL.kept, message) { row in
            let report = ReceiptReport(
                row.textOrNil(1),
                milliseconds: row.int64(2),
                times: row.int(3)
            )
            let id = row.text(0)
            return KeptReceipt(
                providerID: id,
                receipt: report.map {
                    Receipt(message: message, providerID: id, report: $0, reply: row.text(4))
                }
            )
        }
    }
}

extension Transaction {
    /// Keeps a report about a message in flight.
    fileprivate func keep(_ receipt: Receipt) throws {
        let columns = receipt.report.columns
        try run(
            ReceiptSQL.keepReport,
            receipt.message,
            receipt.providerID,
            columns.word,
            columns.milliseconds,
            columns.times,
            receipt.reply.cut(toBytes: 500)
        )
    }
}
