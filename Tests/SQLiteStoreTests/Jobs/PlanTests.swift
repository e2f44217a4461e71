import Campaigns
import Foundation
import GRDB
import JobQueue
import Testing

@testable import SQLiteStore

/// A migrated database that plans are asked from; nothing is ever stored in it.
private final class PlanDatabase: Sendable {
    private let site: SQLiteSite
    private let queue: DatabaseQueue

    init() throws {
        site = try SQLiteSite()
        try site.with { _ in }
        var configuration = Configuration()
        configuration.readonly = true
        queue = try DatabaseQueue(
            path: "\(site.options.folder)/\(StoreOptions.fileName)",
            configuration: configuration
        )
    }

    /// How many tables of its own a run of the statement fills, its triggers' left out.
    func ephemeralTables(of sql: String) throws -> Int {
        try queue.read { database in
            let statement = try database.makeStatement(sql: "EXPLAIN \(sql)")
            statement.setUncheckedArguments(StatementArguments())
            let steps: [(address: Int, word: String)] = try Row.fetchAll(statement).map {
                ($0["addr"], $0["opcode"])
            }
            // A trigger's program follows its statement's, and counts from 0 again.
            let end = steps.dropFirst().firstIndex { $0.address == 0 } ?? steps.endIndex
            return steps[..<end].count { $0.word == "OpenEphemeral" }
        }
    }

    /// The lines of `EXPLAIN QUERY PLAN`; throws where the statement cannot be prepared.
    func plan(of sql: String) throws -> [String] {
        try queue.read { database in
            let statement = try database.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
            // Parameters stay NULL: without statistics a plan depends on no value.
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] }
        }
    }
}

@Suite("SQLite store: query plans", .timeLimit(.minutes(10)))
struct PlanTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/SQLiteStore")

    /// Tables that grow with the work; of each, a scan is of a partial index or of nothing.
    private static let large = [
        "job", "message", "contact", "attempt", "idempotency_key", "suppression",
    ]

    private static func scansWhole(_ line: String) -> Bool {
        large.contains { line == "SCAN \($0)" }
    }

    @Test("every statement of the source files is in the list")
    func complete() throws {
        for path in [
            "Jobs/JobSQL", "Campaigns/CampaignSQL", "Campaigns/PaceSQL", "Contacts/ContactSQL",
            "Templates/TemplateSQL", "Suppressions/SuppressionSQL", "Monitor/MonitorSQL",
            "Campaigns/PreviewSQL", "Campaigns/TestSendSQL", "Receipts/ReceiptSQL",
            "Receipts/InquirySQL",
        ] {
            let file = Self.sources.appending(path: path + ".swift")
            let owner = try #require(path.split(separator: "/").last)
            let names = try String(contentsOf: file, encoding: .utf8)
                .matches(of: /(?m)^ {4}static let (\w+)/).map { "\(owner).\($0.1)" }
                .filter { !$0.lowercased().hasSuffix("columns") }
            let listed = Statement.all.map(\.name).filter { $0.hasPrefix("\(owner).") }
            let difference = Set(listed).symmetricDifference(names).sorted()
            #expect(difference == [], "keep Statement.swift in step with \(owner)")
        }
    }

    @Test("every statement can be prepared, and none reads a large table from end to end")
    func all() throws {
        let database = try PlanDatabase()
        for statement in Statement.all {
            let plan = try database.plan(of: statement.sql)
            #expect(!plan.contains(where: Self.scansWhole), "\(statement.name): \(plan)")
        }
    }

    /// What each hot statement must read, beside the row it looks up by its id.
    private static let hot: [(name: String, reads: String)] = [
        ("JobSQL.openLanes", "SCAN lane"),
        ("JobSQL.peekReady", "SEARCH job USING INDEX job_ready (lane=?)"),
        ("JobSQL.claim", "SEARCH job USING INDEX job_ready (lane=?)"),
        ("JobSQL.probation", "SCAN job USING INDEX job_probation"),
        ("JobSQL.dueDated", waiting + " AND scheduled_at<?)"),
        ("JobSQL.dueDelayed", waiting + " AND scheduled_at<?)"),
        ("JobSQL.dueRetryable", waiting + " AND scheduled_at<?)"),
        ("JobSQL.nextWaiting", waiting + ")"),
        ("JobSQL.lateSends", waiting + " AND scheduled_at<?)"),
        ("JobSQL.complete", "SEARCH job USING INTEGER PRIMARY KEY (rowid=?)"),
        ("JobSQL.move", "SEARCH job USING INTEGER PRIMARY KEY (rowid=?)"),
        ("JobSQL.addAttempt", "SEARCH attempt USING PRIMARY KEY (job_id=?)"),
        ("JobSQL.runningJobs", "SCAN job USING INDEX job_running"),
        ("JobSQL.unfinishedOfCampaign", "SEARCH job USING INDEX job_unfinished (campaign_id=?)"),
        ("JobSQL.newestOfCampaign", "SEARCH job USING INDEX job_campaign (campaign_id=?)"),
        ("CampaignSQL.claimReady", open + " AND due_at=?)"),
        ("CampaignSQL.claimDeferred", open + " AND due_at>? AND due_at<?)"),
        ("CampaignSQL.claimReady", suppressed),
        ("CampaignSQL.claimDeferred", suppressed),
        ("CampaignSQL.claimSuspect", suppressed),
        ("CampaignSQL.nextDue", open + ")"),
        ("PaceSQL.nextInTurn", open + " AND due_at>? AND due_at<?)"),
        ("PaceSQL.nextSuspectInTurn", suspect),
        ("PaceSQL.lastDue", open + ")"),
        ("CampaignSQL.cancelOpen", open + ")"),
        ("CampaignSQL.claimSuspect", suspect),
        ("CampaignSQL.nextSuspect", suspect),
        ("CampaignSQL.cancelSuspects", suspect),
        ("CampaignSQL.inflight", "SCAN message USING INDEX message_inflight"),
        ("CampaignSQL.endSent", "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)"),
        ("CampaignSQL.endFlight", "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)"),
        ("MonitorSQL.messageTotals", "SCAN message_total"),
        ("MonitorSQL.nextNotice", "SCAN notice USING INDEX notice_due"),
        ("InquirySQL.next", "SEARCH inquiry USING INDEX inquiry_due (channel=?)"),
        (
            "MonitorSQL.longestSending",
            "SEARCH campaign USING COVERING INDEX campaign_status (status=?)"
        ),
        ("CampaignSQL.counts", "SEARCH message_count USING PRIMARY KEY (campaign=?)"),
        (
            "CampaignSQL.contactsByEmail",
            "SEARCH contact USING INDEX contact_email (list=? AND email_key>?)"
        ),
        (
            "CampaignSQL.contactsByPhone",
            "SEARCH contact USING INDEX contact_phone (list=? AND phone>?)"
        ),
        ("CampaignSQL.contactsByEmail", suppressed),
        ("CampaignSQL.contactsByPhone", suppressed),
        (
            "RemoteSQL.bound",
            "SEARCH remote_campaign USING COVERING INDEX remote_campaign_id (account=? AND remote_id=?)"
        ),
        (
            "RemoteSQL.exchanges",
            "SEARCH remote_exchange USING INDEX remote_exchange_job (job_id=?)"
        ),
        ("SuppressionSQL.page", "SEARCH suppression USING PRIMARY KEY ((channel,address)>(?,?))"),
    ]
    private static let waiting = "SEARCH job USING INDEX job_waiting (is_dated=?"
    private static let open = "SEARCH message USING INDEX message_open (campaign=? AND channel=?"
    private static let suppressed =
        "SEARCH suppression USING PRIMARY KEY (channel=? AND address=?)"
    private static let suspect =
        "SEARCH message USING INDEX message_suspect (campaign=? AND channel=?)"

    @Test("the hot statements use the index made for them, and sort nothing")
    func hot() throws {
        let database = try PlanDatabase()
        for (name, reads) in Self.hot {
            let statement = try #require(Statement.all.first { $0.name == name })
            let plan = try database.plan(of: statement.sql)
            #expect(plan.contains(reads), "\(name): \(plan)")
            #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(name): \(plan)")
        }
    }

    @Test(
        "what runs once for each row fills no table of its own",
        arguments: [
            ("insert of a job", JobSQL.insert), ("its end", JobSQL.complete),
            ("any move of it", JobSQL.move), ("an attempt", JobSQL.addAttempt),
            ("a job's counter", JobSQL.count), ("a key", JobSQL.addKey),
            ("a campaign's job", JobSQL.unfinishedOfCampaign), ("a campaign", CampaignSQL.insert),
            ("a message", CampaignSQL.addMessage), ("its sending", CampaignSQL.endSent),
            ("any other end", CampaignSQL.endFlight), ("a message's counter", CampaignSQL.count),
            ("a provider's id", ReceiptSQL.keepID),
        ]
    )
    func ephemeral(_ what: String, sql: String) throws {
        // As `IN` with more than two words does in a CHECK or in the condition of an index.
        #expect(try PlanDatabase().ephemeralTables(of: sql) == 0, "\(what)")
    }

    @Test("a page of jobs that need someone comes from their index, in its order")
    func jobLists() throws {
        let database = try PlanDatabase()
        for kind in [nil, JobKind.send] {
            for before in [nil, Int64(7)] {
                var filter = JobFilter()
                filter.states = [.discarded]
                filter.kind = kind
                let query = JobListQuery(filter, before: before, limit: 50)
                let plan = try database.plan(of: query.sql)
                let range = before == nil ? "(state=?)" : "(state=? AND id<?)"
                #expect(plan == ["SEARCH job USING INDEX job_attention \(range)"])
            }
        }
        var filter = JobFilter()
        filter.campaignID = "c1"
        let plan = try database.plan(of: JobListQuery(filter, before: 7, limit: 50).sql)
        #expect(plan == ["SEARCH job USING INDEX job_campaign (campaign_id=? AND id<?)"])
    }

    @Test("a page of campaigns is found in an index, in its order, and counted by counters")
    func campaignLists() throws {
        let database = try PlanDatabase()
        let rows = "SEARCH campaign USING INTEGER PRIMARY KEY (rowid=?)"
        let status = "SEARCH campaign USING COVERING INDEX campaign_status (status=?)"
        let user = "SEARCH campaign USING COVERING INDEX campaign_user (user_id=?)"
        let listed = "SCAN campaign USING COVERING INDEX campaign_listed"
        let begun = "SEARCH campaign USING COVERING INDEX campaign_listed (seq<?)"
        let filters: [(page: String, count: String, set: (inout CampaignFilter) -> Void)] = [
            (listed, "SCAN campaign_count", { _ in }),
            (begun, "SCAN campaign_count", { $0.before = 7 }),
            (status, "SCAN campaign_count", { $0.status = .sending }),
            (user, "SEARCH campaign_count USING PRIMARY KEY (user_id=?)", { $0.userID = "u1" }),
            (listed, "SCAN campaign_count", { $0.channel = .voice }),
            (listed, listed, { $0.from = Timestamp(milliseconds: 1) }),
            (
                listed, listed,
                { filter in
                    filter.status = .sent
                    filter.userID = "u1"
                    filter.channel = .sms
                    filter.to = Timestamp(milliseconds: 1)
                }
            ),
        ]
        for filter in filters {
            var wanted = CampaignFilter()
            filter.set(&wanted)
            let query = CampaignListQuery(wanted)
            let page = try database.plan(of: query.page)
            #expect(page.contains(filter.page) && page.contains(rows), "\(query.page): \(page)")
            #expect(try database.plan(of: query.count) == [filter.count])
        }
    }

    @Test("a page of messages is read from their campaign alone")
    func messageLists() throws {
        let database = try PlanDatabase()
        var filter = MessageFilter(campaignID: "c1")
        let whole = MessageListQuery(filter, campaign: 1, after: 0, limit: 50)
        #expect(
            try database.plan(of: whole.sql) == [
                "SEARCH message USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"
            ]
        )
        filter.state = .unknown
        let unknown = MessageListQuery(filter, campaign: 1, after: 0, limit: 50)
        #expect(
            try database.plan(of: unknown.sql) == [
                "SEARCH message USING INDEX message_attention (campaign=? AND state=? AND id>?)"
            ]
        )
    }
}
