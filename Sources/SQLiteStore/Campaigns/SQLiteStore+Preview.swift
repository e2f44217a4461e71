package import Campaigns
package import JobQueue

extension SQLiteStore: PreviewStore {
    package func previewPlan(of campaign: String, owner: String?) throws(StoreError)
        -> PreviewPlan?
    {
        try read("preview") { snapshot in
            guard let row = try snapshot.campaignRow(campaign, owner: owner) else { return nil }
            let channels = try snapshot.all(
                PreviewSQL.channels,
                row.seq,
                row: BuildChannel.init
            )
            let order = try CampaignSpec(json: row.spec).channels
            return PreviewPlan(
                seq: row.seq,
                status: row.status,
                channels: order.compactMap { name in channels.first { $0.channel == name } },
                lists: try snapshot.all(PreviewSQL.lists, row.seq, row: BuildList.init)
            )
        }
    }

    package func builtMessage(of campaign: Int64, on channel: Channel, to recipient: RecipientKey?)
        throws(StoreError) -> BuiltMessage?
    {
        let ids = MessageID.range(ofCampaign: campaign)
        return try read("built message") { snapshot in
            guard let recipient else {
                return try snapshot.first(
                    PreviewSQL.firstBuilt,
                    ids.lowerBound,
                    ids.upperBound,
                    channel,
                    row: BuiltMessage.init
                )
            }
            return try snapshot.first(
                PreviewSQL.builtFor,
                ids.lowerBound,
                ids.upperBound,
                channel,
                recipient.address,
                row: BuiltMessage.init
            )
        }
    }

    package func buildFindings(of campaign: Int64, limit: Int) throws(StoreError)
        -> [BuildFinding]
    {
        try read("findings") { snapshot in
            var seen: [String: Int] = [:]
            var findings: [BuildFinding] = []
            try snapshot.query(PreviewSQL.found, campaign) { row in
                guard let kind = BuildFinding.Kind(rawValue: row.text(1)) else { return }
                let place = seen["\(row.text(0)) \(kind.rawValue)", default: 0]
                seen["\(row.text(0)) \(kind.rawValue)"] = place + 1
                guard place < limit else { return }
                findings.append(
                    BuildFinding(
                        channel: Channel(stored: row.text(0)),
                        kind: kind,
                        detail: row.text(2),
                        count: row.int64(3)
                    )
                )
            }
            return findings
        }
    }
}

extension Transaction {
    /// Counts what a chunk's messages were found to have.
    func count(_ findings: [BuildFinding], campaign: Int64) throws {
        for finding in findings {
            try run(
                PreviewSQL.find,
                campaign,
                finding.channel,
                finding.kind,
                finding.detail,
                finding.count
            )
        }
    }
}

extension BuildFinding.Kind: SQLValue {}

extension BuiltMessage {
    /// Reads `PreviewSQL.builtColumns`.
    fileprivate init(_ row: SQLRow) {
        self.init(
            id: row.int64(0),
            recipient: row.text(1),
            variables: FlatJSON.decode(row.text(2)) ?? [:],
            exclusion: row.textOrNil(3).flatMap(Exclusion.init(rawValue:)),
            note: row.textOrNil(4)
        )
    }
}
