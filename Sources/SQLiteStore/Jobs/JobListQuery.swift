import JobQueue

/// The statement that lists jobs: one fixed part for each condition that is set.
struct JobListQuery {
    private(set) var sql: String
    private(set) var values: [any SQLValue] = []

    init(_ filter: JobFilter, before: Int64?, limit: Int) {
        sql = "SELECT \(JobSQL.columns) FROM job WHERE true"
        if !filter.states.isEmpty { add(states: filter.states) }
        if let kind = filter.kind { add("AND kind = ?", kind) }
        if let campaign = filter.campaignID { add("AND campaign_id = ?", campaign) }
        if let user = filter.userID { add("AND user_id = ?", user) }
        if let since = filter.since { add("AND created_at >= ?", since) }
        if let text = filter.errorText { add("AND error LIKE ? ESCAPE '\\'", text.likePattern) }
        if let before { add("AND id < ?", before) }
        add("ORDER BY id DESC LIMIT ?", limit)
    }

    /// Names the states, beside the condition of the partial index that holds them all.
    private mutating func add(states: Set<JobState>) {
        let indexed: [Set<JobState>] = [
            [.held, .cancelled, .discarded], [.scheduled, .retryable], [.running],
        ]
        if let index = indexed.first(where: { states.isSubset(of: $0) }) {
            sql += " AND \(Self.list(index))"
        }
        sql += " AND \(Self.list(states))"
    }

    /// Written as the indexes have it: pairs with IN, longer lists as comparisons.
    private static func list(_ states: Set<JobState>) -> String {
        let words = JobState.allCases.filter(states.contains).map { "'\($0.rawValue)'" }
        return words.count == 2
            ? "state IN (\(words.joined(separator: ", ")))"
            : "(" + words.map { "state = \($0)" }.joined(separator: " OR ") + ")"
    }

    private mutating func add(_ clause: String, _ value: any SQLValue) {
        sql += " \(clause)"
        values.append(value)
    }
}

extension String {
    /// A LIKE pattern that finds the text anywhere; its own wildcards are escaped with `\`.
    var likePattern: String {
        var pattern = "%"
        for character in self {
            if "%_\\".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
        return pattern + "%"
    }
}
