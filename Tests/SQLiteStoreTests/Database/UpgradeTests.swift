import Foundation
import JobQueue
import Testing

@testable import Campaigns
@testable import SQLiteStore

/// A file of each earlier version, with work in every state, opened by this one.
@Suite("Database: upgrades from every released version", .timeLimit(.minutes(10)))
struct UpgradeTests {
    private static let all = SQLiteStore.migrationList
    /// The first version that had campaigns; the file begins its life there.
    private static let first = 2

    private let database: TemporaryDatabase
    private let folder: String
    private var path: String { "\(folder)/\(StoreOptions.fileName)" }

    init() throws {
        database = try TemporaryDatabase()
        folder = database.folder.path
    }

    @Test("what was in it is there, and what ran goes on", arguments: first...all.count)
    func upgrade(from version: Int) throws {
        try makeFile(of: version)
        let (store, _) = try open()
        let campaign = try #require(try store.campaign(OldFile.campaign, owner: nil))
        #expect(campaign.status == .sending)
        #expect(campaign.spec.name == "Spring")
        #expect(campaign.changeLog.map(\.status) == [.draft, .build, .sending])
        let states = try store.messages(
            matching: MessageFilter(campaignID: OldFile.campaign),
            after: 0,
            limit: 100
        ).map(\.state)
        // The fourth was in flight when the old daemon died; its channel says `hold`.
        #expect(states == [.sent, .ready, .skipped, .unknown])
        let jobs = try (1...3).map { try store.job($0)?.state }
        #expect(jobs == [.completed, .available, .discarded])
        #expect(try store.attempts(ofJob: 1).count == 1)
        #expect(try store.keptAnswer(forKey: "spring", owner: nil)?.jobID == 1)
        #expect(try store.template(OldFile.template)?.version == 1)
        #expect(try store.contactList(OldFile.list)?.contacts == 2)
        try store.database.close()
        let report = try DatabaseFile(
            path: path,
            migrations: Self.all,
            now: Timestamp(milliseconds: 0),
            mayCreate: false
        ).read("check") { try $0.all("PRAGMA integrity_check") { $0.text(0) } }
        #expect(report == ["ok"])
    }

    @Test(
        "it was copied before, and the copy opens in the old version",
        arguments: first..<all.count
    )
    func backup(from version: Int) throws {
        try makeFile(of: version)
        try open().store.database.close()
        let copy = "\(path).before-\(Self.all.count)"
        let file = try DatabaseFile(
            path: copy,
            migrations: Array(Self.all.prefix(version)),
            now: Timestamp(milliseconds: 0),
            mayCreate: false
        )
        let names = try file.read("old") { try $0.all("SELECT name FROM campaign") { $0.text(0) } }
        #expect(names == ["Spring"])
        try file.close()
    }

    @Test("an older version refuses it", arguments: first..<all.count)
    func downgrade(to version: Int) throws {
        try makeFile(of: Self.all.count)
        #expect(
            throws: DatabaseFailure.schemaTooNew(found: Self.all.count, supported: version)
        ) {
            try openRaw(Array(Self.all.prefix(version)))
        }
    }

    private func open() throws -> (store: SQLiteStore, clock: any EngineClock) {
        try SQLiteStore.open(
            StoreOptions(folder: folder, version: "new", mayCreate: false, runsJobs: false)
        )
    }

    /// A file that was made by the first version and upgraded to `version` while it had work in it.
    private func makeFile(of version: Int) throws {
        let file = try openRaw(Array(Self.all.prefix(Self.first)))
        try file.writer.perform("old rows") { transaction in
            for statement in OldFile.statements { try transaction.run(statement) }
        }
        try file.close()
        try openRaw(Array(Self.all.prefix(version))).close()
    }

    @discardableResult
    private func openRaw(_ migrations: [Migration]) throws -> DatabaseFile {
        try DatabaseFile(
            path: path,
            migrations: migrations,
            now: Timestamp(milliseconds: 1_000),
            mayCreate: true
        )
    }
}

/// What a daemon of the first version left when it was killed in mid-campaign.
private enum OldFile {
    static let campaign = "6b0000000000000000000001"
    static let template = "6b0000000000000000000002"
    static let list = "6b0000000000000000000003"

    static let statements = [
        "INSERT INTO epoch VALUES (1, 'boot', 0, '0.1.0', 1000, NULL, NULL)",
        "INSERT INTO lane VALUES (1, 'build', 'local'), (2, 'send', 'local')",
        """
        INSERT INTO job (id, lane, kind, account, campaign_id, payload, priority, state, attempt,
            max_attempts, scheduled_at, epoch, started_at, finished_at, created_at)
        VALUES
            (1, 1, 'build', 'local', '\(campaign)', '{}', 5, 'completed', 1, 20, 1000, NULL, 1000,
                2000, 1000),
            (2, 2, 'send', 'local', '\(campaign)', '{}', 5, 'running', 1, 20, 2000, 1, 2000, NULL,
                2000),
            (3, 1, 'build', 'local', NULL, '{}', 5, 'discarded', 20, 20, 1000, NULL, 1000, 2000,
                1000)
        """,
        "INSERT INTO attempt VALUES (1, 1, 1, 1000, 2000, 'completed', NULL, NULL, 1)",
        """
        INSERT INTO job_count VALUES (1, 'completed', 1), (2, 'running', 1), (1, 'discarded', 1)
        """,
        """
        INSERT INTO idempotency_key (user_id, key, fingerprint, job_id, campaign_id, created_at)
        VALUES ('', 'spring', 'f', 1, '\(campaign)', 1000)
        """,
        "INSERT INTO service_setting VALUES ('region', 'GB')",
        "INSERT INTO transport VALUES ('email', 'smtp', 'hold')",
        "INSERT INTO template VALUES ('\(template)', 'Hello', 'email', 1, 1000, 1000, NULL)",
        "INSERT INTO template_version VALUES ('\(template)', 1, 'Hi', 'Hello {{name}}', NULL, 1000)",
        """
        INSERT INTO contact_list (seq, id, name, channel, revision, contacts, created_at, updated_at)
        VALUES (1, '\(list)', 'People', NULL, 1, 2, 1000, 1000)
        """,
        """
        INSERT INTO contact (list, email, email_key, phone, variables, added_at_revision)
        VALUES (1, 'ann@example.org', 'ann@example.org', '', '{"name":"Ann"}', 1),
            (1, 'bob@example.org', 'bob@example.org', '', '{"name":"Bob"}', 1)
        """,
        """
        INSERT INTO campaign (seq, id, account, name, spec, channels, status, until_step, priority,
            digest, built, created_at, updated_at)
        VALUES (1, '\(campaign)', 'local', 'Spring',
            '{"name":"Spring","channel":["email"],"contactListId":["\(list)"],"settings":\
        {"email":{"fromEmail":"a@example.org","templateId":"\(template)"}}}',
            1, 'SENDING', 'send', 5, 'd', 3, 1000, 2000)
        """,
        """
        INSERT INTO campaign_change VALUES (1, 1, 'DRAFT', 1000, NULL), (1, 2, 'BUILD', 1500, NULL),
            (1, 3, 'SENDING', 2000, NULL)
        """,
        "INSERT INTO campaign_list VALUES (1, 0, 1, 'People', 2, 1)",
        "INSERT INTO campaign_channel VALUES (1, 'email', 'a@example.org', '\(template)', 1, 'smtp')",
        message(1, "'sent'", exclusion: "NULL", epoch: "NULL"),
        message(2, "'ready'", exclusion: "NULL", epoch: "NULL"),
        message(3, "'skipped'", exclusion: "'duplicate'", epoch: "NULL"),
        message(4, "'inflight'", exclusion: "NULL", epoch: "1"),
        """
        INSERT INTO message_count VALUES (1, 'email', 'sent', '', 1), (1, 'email', 'ready', '', 1),
            (1, 'email', 'skipped', 'duplicate', 1), (1, 'email', 'inflight', '', 1)
        """,
    ]

    private static func message(
        _ number: Int64,
        _ state: String,
        exclusion: String,
        epoch: String
    ) -> String {
        """
        INSERT INTO message (id, campaign, channel, recipient, variables, state, exclusion, epoch,
            updated_at)
        VALUES (\((1 << 26) + number), 1, 'email', 'to\(number)@example.org', '{}', \(state),
            \(exclusion), \(epoch), 2000)
        """
    }
}
