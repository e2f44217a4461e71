import Campaigns
import JobQueue

/// A campaign's own row.
struct CampaignRow {
    var seq: Int64
    var id: String
    var userID: String?
    var account: String
    var name: String
    var spec: String
    var status: CampaignStatus
    var reason: String?
    var until: CampaignStep
    var date: Timestamp?
    var priority: Int
    var digest: String?
    var createdAt: Timestamp
    var updatedAt: Timestamp
}

extension CampaignRow {
    /// Reads `CampaignSQL.columns`.
    init(_ row: SQLRow) {
        seq = row.int64(0)
        id = row.text(1)
        userID = row.textOrNil(2)
        account = row.text(3)
        name = row.text(4)
        spec = row.text(5)
        status = CampaignStatus(stored: row.text(6))
        reason = row.textOrNil(7)
        until = CampaignStep(stored: row.text(8))
        date = row.timestampOrNil(9)
        priority = row.int(10)
        digest = row.textOrNil(11)
        createdAt = row.timestamp(12)
        updatedAt = row.timestamp(13)
    }

    /// The job that makes `step`, dated if it is the last one asked for.
    func job(for step: CampaignStep, maxAttempts: Int) -> NewJob {
        NewJob(
            kind: step.jobKind,
            account: account,
            campaignID: id,
            userID: userID,
            payload: Self.payload(until: until),
            priority: priority,
            maxAttempts: maxAttempts,
            date: step == until ? date : nil
        )
    }

    /// What a reader of the job's row is told: how far the campaign is to be carried.
    static func payload(until: CampaignStep) -> String {
        "{\"until\":\"\(until.rawValue)\"}"
    }
}

extension CampaignStatus: SQLValue {
    /// A status as the CHECK of its column allows it.
    init(stored text: String) {
        guard let status = CampaignStatus(rawValue: text) else {
            preconditionFailure("the CHECK on campaign.status let \(text) through")
        }
        self = status
    }
}

extension CampaignStep: SQLValue {
    init(stored text: String) {
        guard let step = CampaignStep(rawValue: text) else {
            preconditionFailure("the CHECK on campaign.until_step let \(text) through")
        }
        self = step
    }
}

extension Channel: SQLValue {
    init(stored text: String) {
        guard let channel = Channel(rawValue: text) else {
            preconditionFailure("the CHECK on a channel column let \(text) through")
        }
        self = channel
    }
}

extension MessageState: SQLValue {
    init(stored text: String) {
        guard let state = MessageState(rawValue: text) else {
            preconditionFailure("the CHECK on message.state let \(text) through")
        }
        self = state
    }
}

extension Exclusion: SQLValue {}
extension MessageFault: SQLValue {}
extension InDoubtPolicy: SQLValue {}

extension Queryable {
    /// The campaign's row; nil too where it belongs to somebody other than `owner`.
    func campaignRow(_ id: String, owner: String?) throws -> CampaignRow? {
        let row = try first(CampaignSQL.campaign, id, row: CampaignRow.init)
        guard let row, owner == nil || row.userID == owner else { return nil }
        return row
    }

    /// The same; throws where there is none.
    func existingCampaign(_ id: String, owner: String?) throws -> CampaignRow {
        guard let row = try campaignRow(id, owner: owner) else {
            throw StoreError.notFound("campaign", id)
        }
        return row
    }

    /// A campaign's counters.
    func messageCounts(of campaign: Int64) throws -> [MessageCount] {
        try all(CampaignSQL.counts, campaign) { row in
            MessageCount(
                channel: Channel(stored: row.text(0)),
                state: MessageState(stored: row.text(1)),
                detail: row.text(2),
                count: row.int64(3)
            )
        }
    }
}
