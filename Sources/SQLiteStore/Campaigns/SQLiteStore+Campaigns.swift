package import Campaigns
package import JobQueue

extension SQLiteStore: CampaignStore {
    package func campaign(_ id: String, owner: String?) throws(StoreError) -> Campaign? {
        try read("campaign") { snapshot in
            try snapshot.campaignRow(id, owner: owner).map { try snapshot.campaign($0) }
        }
    }

    package func newestJob(ofCampaign id: String) throws(StoreError) -> Job? {
        try read("newest job") { try $0.first(JobSQL.newestOfCampaign, id, row: Job.init) }
    }

    package func campaigns(matching filter: CampaignFilter, page: Int, limit: Int)
        throws(StoreError) -> CampaignPage
    {
        let query = CampaignListQuery(filter)
        return try read("campaigns") { snapshot in
            let rows = try snapshot.all(
                query.page,
                list: query.pageValues + [limit, (page - 1) * limit],
                row: CampaignRow.init
            )
            let total = try snapshot.all(query.count, list: query.values) { $0.int64(0) }
            return CampaignPage(
                campaigns: try rows.map { try snapshot.campaign($0) },
                total: total.first ?? 0
            )
        }
    }

    package func pauseCampaign(_ id: String, owner: String?, now: Timestamp) throws(StoreError) {
        try writeJobs("pause", now: now) { try $0.pauseCampaign(id, owner: owner) }
    }

    package func resumeCampaign(_ id: String, owner: String?, now: Timestamp) throws(StoreError) {
        try writeJobs("resume", now: now) { try $0.resumeCampaign(id, owner: owner) }
    }

    package func cancelCampaign(_ id: String, owner: String?, now: Timestamp) throws(StoreError) {
        try writeJobs("cancel", now: now) { try $0.cancelCampaign(id, owner: owner) }
    }
}

extension Snapshot {
    /// The campaign with all that is shown of it, from counters.
    fileprivate func campaign(_ row: CampaignRow) throws -> Campaign {
        var transports: [Channel: String] = [:]
        try query(CampaignSQL.channels, row.seq) { channel in
            transports[Channel(stored: channel.text(0))] = channel.textOrNil(4)
        }
        var campaign = Campaign(
            id: row.id,
            seq: row.seq,
            userID: row.userID,
            account: row.account,
            spec: try CampaignSpec(json: row.spec),
            status: row.status,
            reason: row.reason,
            until: row.until,
            date: row.date,
            priority: row.priority,
            lists: try all(CampaignSQL.lists, row.seq) { list in
                CampaignList(id: list.text(0), name: list.text(1), contacts: list.int64(2))
            },
            transports: transports,
            changeLog: try all(CampaignSQL.changes, row.seq) { change in
                CampaignChange(
                    status: CampaignStatus(stored: change.text(0)),
                    at: change.timestamp(1),
                    reason: change.textOrNil(2)
                )
            },
            counts: try messageCounts(of: row.seq),
            digest: row.digest,
            testOf: try first(TestSendSQL.original, row.seq) { $0.text(0) },
            createdAt: row.createdAt,
            updatedAt: row.updatedAt
        )
        if row.account != CampaignService.localAccount {
            campaign.remote = try remoteCampaign(row.id)
        }
        return campaign
    }
}

/// The two statements of a page of campaigns.
///
/// Both read narrow rows only: the page is found in an index, and then its campaigns are read; the
/// count comes from the counters, or from that index where dates are asked for.
struct CampaignListQuery {
    private var conditions: [String] = []
    private let index: String
    private let isDated: Bool
    private(set) var values: [any SQLValue] = []
    /// Only of the page: where its campaigns begin.
    private let before: Int64?

    init(_ filter: CampaignFilter) {
        isDated = filter.from != nil || filter.to != nil
        before = filter.before
        index =
            if isDated || filter.channel != nil {
                "campaign_listed"
            } else if filter.status != nil {
                "campaign_status"
            } else if filter.userID != nil {
                "campaign_user"
            } else {
                "campaign_listed"
            }
        if let status = filter.status { add("status = ?", status) }
        if let user = filter.userID { add("user_id = ?", user) }
        if let channel = filter.channel { add("channels & ? <> 0", channel.bit) }
        if let from = filter.from { add("created_at >= ?", from) }
        if let to = filter.to { add("created_at < ?", to) }
    }

    var page: String {
        """
        SELECT \(CampaignSQL.columns) FROM campaign WHERE seq IN (
            SELECT seq FROM campaign INDEXED BY \(index) \(Self.whole(conditions + place))
            ORDER BY seq DESC LIMIT ? OFFSET ?
        ) ORDER BY seq DESC
        """
    }

    /// What the page's statement takes beside limit and offset.
    var pageValues: [any SQLValue] { values + (before.map { [$0] } ?? []) }

    var count: String {
        isDated
            ? "SELECT COUNT(*) FROM campaign INDEXED BY \(index) \(Self.whole(conditions))"
            : "SELECT COALESCE(SUM(n), 0) FROM campaign_count \(Self.whole(conditions))"
    }

    private var place: [String] { before == nil ? [] : ["seq < ?"] }

    private static func whole(_ conditions: [String]) -> String {
        conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    }

    private mutating func add(_ condition: String, _ value: any SQLValue) {
        conditions.append(condition)
        values.append(value)
    }
}
