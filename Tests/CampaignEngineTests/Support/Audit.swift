import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

/// Recounts the whole file and compares it with what the engine says: what holds at all times.
struct Audit {
    private struct Standing {
        var seq: Int64
        var status: CampaignStatus
        var built: Int64?
    }

    private let engine: Engine
    private let location: SourceLocation

    init(_ engine: Engine, at location: SourceLocation) {
        self.engine = engine
        self.location = location
    }

    func run() throws {
        try engine.store.read("audit") { file in
            try checkCounters(file)
            try checkJobCounters(file)
            try checkCampaignCounters(file)
            let campaigns = try file.all("SELECT seq, status, built FROM campaign") { row in
                Standing(
                    seq: row.int64(0),
                    status: CampaignStatus(stored: row.text(1)),
                    built: row.int64OrNil(2)
                )
            }
            for campaign in campaigns { try check(campaign, file) }
        }
    }

    private func checkCounters(_ file: Snapshot) throws {
        let differences = try file.all(
            """
            WITH recount AS (
                SELECT campaign, channel, state,
                    CASE WHEN state = 'skipped' AND first_attempt_at IS NOT NULL THEN ''
                        ELSE COALESCE(fault, exclusion, '') END AS detail,
                    COUNT(*) AS n
                FROM message GROUP BY 1, 2, 3, 4)
            SELECT * FROM (SELECT * FROM recount EXCEPT SELECT * FROM message_count)
            UNION ALL
            SELECT * FROM (SELECT * FROM message_count WHERE n <> 0 EXCEPT SELECT * FROM recount)
            """
        ) { "campaign \($0.int64(0)) \($0.text(1)) \($0.text(2)) \($0.text(3)): \($0.int64(4))" }
        #expect(differences == [], "counters and messages differ", sourceLocation: location)
    }

    private func checkJobCounters(_ file: Snapshot) throws {
        let differences = try file.all(
            """
            SELECT * FROM (SELECT lane, state, COUNT(*) FROM job GROUP BY 1, 2
                EXCEPT SELECT * FROM job_count)
            UNION ALL
            SELECT * FROM (SELECT * FROM job_count WHERE n <> 0
                EXCEPT SELECT lane, state, COUNT(*) FROM job GROUP BY 1, 2)
            """
        ) { "lane \($0.int64(0)) \($0.text(1)): \($0.int64(2))" }
        #expect(differences == [], "counters and jobs differ", sourceLocation: location)
    }

    private func checkCampaignCounters(_ file: Snapshot) throws {
        let differences = try file.all(
            """
            WITH recount AS (
                SELECT COALESCE(user_id, '') AS user_id, status, channels, COUNT(*) AS n
                FROM campaign GROUP BY 1, 2, 3)
            SELECT * FROM (SELECT * FROM recount EXCEPT SELECT * FROM campaign_count)
            UNION ALL
            SELECT * FROM (SELECT * FROM campaign_count WHERE n <> 0 EXCEPT SELECT * FROM recount)
            """
        ) { "user \($0.text(0)) \($0.text(1)) \($0.int64(2)): \($0.int64(3))" }
        #expect(differences == [], "counters and campaigns differ", sourceLocation: location)
    }

    private func check(_ campaign: Standing, _ file: Snapshot) throws {
        let facts = try required(
            file.first(
                """
                SELECT COUNT(*) FILTER (WHERE state <> 'skipped' OR first_attempt_at IS NOT NULL),
                    COUNT(*),
                    COALESCE(MAX(id), 0) - (?1 << 26),
                    COUNT(*) FILTER (WHERE state IN ('ready', 'inflight', 'deferred')),
                    COUNT(*) FILTER (WHERE state = 'unknown'
                        OR (state = 'failed' AND fault <> 'recipient'))
                FROM message WHERE campaign = ?1
                """,
                campaign.seq
            ) { (0..<5).map($0.int64) }
        )
        let (built, all, highest, open, unsettled) = (
            facts[0], facts[1], facts[2], facts[3], facts[4]
        )
        if let planned = campaign.built {
            #expect(built == planned, "built is the sum of all states", sourceLocation: location)
        }
        if all > 0 { #expect(highest == all, "no number is left out", sourceLocation: location) }
        if campaign.status == .sent {
            #expect(open == 0, "SENT with open messages", sourceLocation: location)
            #expect(unsettled == 0, "SENT and not settled", sourceLocation: location)
        }
        try checkLog(campaign, file)
        try checkJob(campaign, file)
    }

    /// The change log ends with the status, and each step of it is one the table allows.
    private func checkLog(_ campaign: Standing, _ file: Snapshot) throws {
        let log = try file.all(
            "SELECT status FROM campaign_change WHERE campaign = ? ORDER BY sequence",
            campaign.seq
        ) { CampaignStatus(stored: $0.text(0)) }
        if campaign.status.isLogged {
            #expect(log.last == campaign.status, sourceLocation: location)
        }
        for (from, to) in zip(log, log.dropFirst()) {
            let isLegal =
                from.successors.contains(to)
                || CampaignStatus.building.successors.contains(to)
                    && from.successors.contains(.building)
            #expect(isLegal, "\(from) never goes to \(to)", sourceLocation: location)
        }
    }

    /// A campaign under way has the job that carries it; a job runs for no campaign that has ended.
    private func checkJob(_ campaign: Standing, _ file: Snapshot) throws {
        let states = try file.all(
            """
            SELECT job.kind, job.state FROM job JOIN campaign ON campaign.id = job.campaign_id
            WHERE campaign.seq = ?
            AND job.state IN ('scheduled', 'available', 'running', 'retryable', 'held')
            """,
            campaign.seq
        ) { (kind: JobKind(rawValue: $0.text(0)), state: JobState(stored: $0.text(1))) }
        #expect(states.count <= 1, "one unfinished job at most", sourceLocation: location)
        switch campaign.status {
        case .building: #expect(states.first?.kind == .build, sourceLocation: location)
        case .sending: #expect(states.first?.kind == .send, sourceLocation: location)
        case .paused: #expect(states.first?.state == .held, sourceLocation: location)
        case .failed, .cancelled, .partial:
            #expect(states.isEmpty, "a job outlived its campaign", sourceLocation: location)
        case .draft, .build, .sent: break
        }
    }
}

extension Engine {
    /// Recounts everything; see ``Audit``.
    func audit(at location: SourceLocation = #_sourceLocation) throws {
        try Audit(self, at: location).run()
    }

    /// Ends the engine in order after a last recount.
    func finish(at location: SourceLocation = #_sourceLocation) throws {
        try audit(at: location)
        try stop()
        try audit(at: location)
        try store.close(now: clock.now)
    }
}
