import Campaigns
import JobQueue

/// What one reading of the server's list showed of one campaign.
struct Sighting: Sendable {
    /// Before the first page was asked for.
    var startedAt: Timestamp
    /// Whether every campaign of the server was seen: only then does absence say anything.
    var isComplete: Bool
    /// Those with the campaign's id, or with its name; without those bound to other campaigns.
    var entries: [RemoteEntry]
    /// Campaigns seen in all.
    var total: Int

    /// The entry with this id.
    func entry(_ id: String) -> RemoteEntry? { entries.first { $0.id == id } }

    /// One line of evidence.
    func inWords(of id: String?) -> String {
        let campaigns = total == 1 ? "1 campaign" : "\(total) campaigns"
        let place = "\(campaigns) seen\(isComplete ? "" : ", not all")"
        let shown = id.map { id in entries.filter { $0.id == id } } ?? entries
        guard !shown.isEmpty else { return "not among \(place)" }
        return shown.map(\.inWords).joined(separator: "; ") + " (\(place))"
    }
}

/// Reads the server's list page by page, and knows when it has seen all of it.
///
/// Pages may come in any order and shift while they are read. So a reading is complete when as many
/// different campaigns were seen as the server says there are; until then it is read again from
/// page 1, a few times. A server that gives no count is believed at a page that shows nothing new.
struct Sweep: Sendable {
    static let pageSize = 100
    /// Rounds over all pages before a reading counts as incomplete.
    static let maximumRounds = 8
    /// Pages in one round; more campaigns than they hold are never all seen.
    static let maximumPages: Int64 = 10_000

    let startedAt: Timestamp
    private(set) var pagesRead = 0
    private(set) var isOver = false
    private(set) var isComplete = false
    /// The wanted entries, as they were seen last.
    private(set) var entries: [String: RemoteEntry] = [:]
    private let isWanted: @Sendable (RemoteEntry) -> Bool
    private var page: Int64 = 1
    private var round = 1
    private var lastPage = maximumPages
    private var seen: Set<String> = []

    /// Starts a reading that keeps the entries that are wanted.
    init(at now: Timestamp, isWanted: @escaping @Sendable (RemoteEntry) -> Bool) {
        startedAt = now
        self.isWanted = isWanted
    }

    /// How many different campaigns were seen.
    var total: Int { seen.count }

    /// The path and query of the page to ask for.
    var target: String { "/api/campaign?page=\(page)&limit=\(Self.pageSize)" }

    /// Takes the page asked for.
    mutating func take(_ result: RemotePage) {
        pagesRead += 1
        let before = seen.count
        for entry in result.entries {
            seen.insert(entry.id)
            if isWanted(entry) { entries[entry.id] = entry }
        }
        guard let count = result.count else {
            return seen.count == before ? end(complete: true) : turnPage()
        }
        if seen.count >= count { return end(complete: true) }
        if page == 1 { lastPage = count / Int64(max(result.entries.count, 1)) + 1 }
        result.entries.isEmpty ? beginRound() : turnPage()
    }

    private mutating func turnPage() {
        guard page < min(lastPage, Self.maximumPages) else { return beginRound() }
        page += 1
    }

    private mutating func beginRound() {
        guard round < Self.maximumRounds else { return end(complete: false) }
        round += 1
        page = 1
        lastPage = Self.maximumPages
    }

    private mutating func end(complete: Bool) {
        isOver = true
        isComplete = complete
    }

    /// What it showed of a campaign.
    func sighting(entries: [RemoteEntry]) -> Sighting {
        Sighting(
            startedAt: startedAt,
            isComplete: isComplete,
            entries: entries,
            total: total
        )
    }
}
