package import Campaigns
package import JobQueue

extension SQLiteStore: SuppressionStore {
    package func suppress(_ suppressions: [Suppression]) throws(StoreError) -> Int {
        try write("suppress") { transaction in
            try suppressions.reduce(0) { $0 + (try transaction.suppress($1)) }
        }
    }

    package func liftSuppressions(
        of recipients: [RecipientKey],
        for reasons: Set<SuppressionReason>?
    ) throws(StoreError) -> Int {
        try write("lift suppressions") { transaction in
            var lifted = 0
            for recipient in recipients {
                guard let found = try transaction.suppression(of: recipient),
                    reasons?.contains(found.reason) ?? true
                else { continue }
                lifted += try transaction.run(
                    SuppressionSQL.remove,
                    recipient.channel,
                    recipient.address
                )
            }
            return lifted
        }
    }

    package func suppression(of recipient: RecipientKey) throws(StoreError) -> Suppression? {
        try read("suppression") { try $0.suppression(of: recipient) }
    }

    package func suppressions(
        on channel: Channel?,
        after place: RecipientKey?,
        limit: Int
    ) throws(StoreError) -> [Suppression] {
        try read("suppressions") { snapshot in
            guard let channel else {
                return try snapshot.all(
                    SuppressionSQL.page,
                    place?.channel.rawValue ?? "",
                    place?.address ?? "",
                    limit,
                    row: Suppression.init
                )
            }
            return try snapshot.all(
                SuppressionSQL.pageOfChannel,
                channel,
                place?.address ?? "",
                limit,
                row: Suppression.init
            )
        }
    }
}

extension Queryable {
    fileprivate func suppression(of recipient: RecipientKey) throws -> Suppression? {
        try first(
            SuppressionSQL.suppression,
            recipient.channel,
            recipient.address,
            row: Suppression.init
        )
    }
}

extension Transaction {
    /// Stores one suppression; returns 0 where there is one already.
    func suppress(_ suppression: Suppression) throws -> Int {
        try run(
            SuppressionSQL.insert,
            suppression.recipient.channel,
            suppression.recipient.address,
            suppression.reason,
            suppression.note,
            suppression.at
        )
    }
}

extension Suppression {
    /// Reads `SuppressionSQL.columns`.
    fileprivate init(_ row: SQLRow) {
        self.init(
            recipient: RecipientKey(
                channel: Channel(stored: row.text(0)),
                normalised: row.text(1)
            ),
            reason: SuppressionReason(stored: row.text(2)),
            note: row.textOrNil(3),
            at: row.timestamp(4)
        )
    }
}

extension SuppressionReason: SQLValue {
    /// A reason as stored; one of a later version counts as an operator's, which nothing lifts but an
    /// operator.
    fileprivate init(stored text: String) {
        self = SuppressionReason(rawValue: text) ?? .manual
    }
}
