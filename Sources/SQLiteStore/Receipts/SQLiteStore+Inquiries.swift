package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func inquire(
        _ answer: InquiryAnswer?,
        on channel: Channel,
        now: Timestamp,
        completion: @escaping @Sendable (Result<InquiryTurn, StoreError>) -> Void
    ) {
        submit("inquire") { [self] transaction in
            var inquiries = Inquiries(JobLedger(transaction, store: self, now: now), channel)
            if let answer { try inquiries.record(answer) }
            return try inquiries.next()
        } completion: {
            completion($0)
        }
    }
}

/// What providers are asked about messages, in one write.
private struct Inquiries {
    private var ledger: JobLedger
    private let channel: Channel

    init(_ ledger: JobLedger, _ channel: Channel) {
        self.ledger = ledger
        self.channel = channel
    }

    private var transaction: Transaction { ledger.transaction }

    /// Moves a message that is shown to `sent` or beyond, and notes of any other one that it was asked
    /// about.
    mutating func record(_ answer: InquiryAnswer) throws {
        guard let facts = try transaction.receivedFacts(answer.id), facts.state == .unknown,
            facts.attempts == answer.attempts
        else { return }
        guard let delivery = answer.delivery else { return try note(answer) }
        if let providerID = delivery.providerID {
            try transaction.run(ReceiptSQL.keepID, answer.id, providerID)
        }
        var arrivals = Arrivals()
        try arrivals.apply(Receipt(delivery, of: answer.id), facts, by: ledger)
        try arrivals.settle(&ledger)
        try ledger.settle()
        try transaction.run(InquirySQL.remove, answer.id)
    }

    private func note(_ answer: InquiryAnswer) throws {
        let before = try transaction.first(InquirySQL.reply, answer.id) { $0.textOrNil(0) } ?? nil
        let evidence = before?.components(before: Self.mark) ?? ""
        try transaction.run(
            InquirySQL.note,
            (evidence + Self.mark + answer.words).cut(toBytes: 500),
            ledger.now,
            answer.id
        )
    }

    /// Takes the message that is due, and has its turn come again later.
    func next() throws -> InquiryTurn {
        for _ in 0..<Self.mostLookedAt {
            let row = try transaction.first(InquirySQL.next, channel) { row in
                (id: row.int64(0), due: row.timestamp(1), asked: row.int(2))
            }
            guard let row else { return InquiryTurn(next: nil, nextDue: nil) }
            guard row.due <= ledger.now else { return InquiryTurn(next: nil, nextDue: row.due) }
            if row.asked < Self.waits.count, let inquiry = try subject(row.id) {
                let due = ledger.now + Self.waits[row.asked]
                try transaction.run(InquirySQL.count, due, row.id)
                return InquiryTurn(next: inquiry, nextDue: nil)
            }
            try transaction.run(InquirySQL.remove, row.id)
        }
        return InquiryTurn(next: nil, nextDue: ledger.now)
    }

    /// The message as it was sent; nil where it is not unknown any more.
    private func subject(_ id: Int64) throws -> Inquiry? {
        try transaction.first(InquirySQL.subject, id) { row in
            let message = ClaimedMessage(
                id: row.int64(0),
                campaign: row.int64(6),
                recipient: row.text(1),
                variables: FlatJSON.decode(row.text(2)) ?? [:],
                attempts: row.int(3),
                firstAttemptAt: row.timestamp(4),
                isSuspect: false,
                isInDoubt: true,
                parts: row.int(5)
            )
            let campaign = SendingCampaign(
                seq: row.int64(6),
                id: row.text(7),
                priority: row.int(8),
                channel: channel,
                sender: row.text(9),
                content: TemplateContent(row, from: 10)
            )
            return Inquiry(message: message, campaign: campaign)
        }
    }

    /// How long after each asking a message's turn comes again; behind the last it is an operator's.
    private static let waits: [Duration] = [
        .seconds(60), .seconds(600), .seconds(3_600), .seconds(6 * 3_600), .seconds(24 * 3_600),
        .zero,
    ]
    /// What has settled meanwhile and is forgotten in one write.
    private static let mostLookedAt = 1_000
    /// Stands between why a message is unknown and what its provider says now.
    private static let mark = "; the provider, asked, "
}

extension String {
    /// What stands before the first `mark`; all of it where there is none.
    fileprivate func components(before mark: String) -> String {
        firstRange(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
    }
}
