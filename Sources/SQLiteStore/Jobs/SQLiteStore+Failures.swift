package import JobQueue

extension SQLiteStore {
    package func failureGroups(limit: Int) throws(StoreError) -> [FailureGroup] {
        let groups = try read("failures") { snapshot in
            var groups: [FailureKey: FailureGroup] = [:]
            try snapshot.query(JobSQL.failures) { row in
                let group = FailureGroup(row)
                let key = FailureKey(group)
                groups[key] = groups[key].map { $0.merged(with: group) } ?? group
            }
            return groups.values
        }
        let newest = groups.sorted {
            ($0.latestAt, $0.exampleJobID) > ($1.latestAt, $1.exampleJobID)
        }
        return Array(newest.prefix(limit))
    }
}

/// What the jobs of a group share.
private struct FailureKey: Hashable {
    var kind: JobKind
    var state: JobState
    var errorClass: ErrorClass?
    var error: String

    init(_ group: FailureGroup) {
        kind = group.kind
        state = group.state
        errorClass = group.errorClass
        error = group.error
    }
}

extension FailureGroup {
    /// Reads one row of `JobSQL.failures` as a group of its own.
    fileprivate init(_ row: SQLRow) {
        // A held job waits for its hold's sake, whatever it failed of before.
        let holdReason = row.textOrNil(6)
        self.init(
            kind: JobKind(rawValue: row.text(1)),
            state: JobState(stored: row.text(2)),
            errorClass: holdReason == nil ? ErrorClass(rawValue: row.text(3)) : nil,
            error: holdReason ?? row.text(4).withNumbersBlanked,
            count: 1,
            exampleJobID: row.int64(0),
            latestAt: row.timestamp(5)
        )
    }

    fileprivate func merged(with other: FailureGroup) -> FailureGroup {
        let isNewer =
            (latestAt, exampleJobID) > (other.latestAt, other.exampleJobID)
        var merged = isNewer ? self : other
        merged.count = count + other.count
        return merged
    }
}

extension String {
    /// The text with each word that bears a digit replaced by `#`, so that errors which differ in
    /// addresses, times and ids alone read the same.
    fileprivate var withNumbersBlanked: String {
        var blanked: [UInt8] = []
        var wordStart = 0
        var hasDigit = false
        func endWord() {
            if hasDigit { blanked.replaceSubrange(wordStart..., with: "#".utf8) }
            hasDigit = false
        }
        for byte in utf8 {
            if byte.isInWord {
                hasDigit = hasDigit || byte.isDigit
                blanked.append(byte)
            } else {
                endWord()
                blanked.append(byte)
                wordStart = blanked.count
            }
        }
        endWord()
        return String(decoding: blanked, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Whether it is a digit, a letter, or part of a character outside ASCII.
    fileprivate var isInWord: Bool {
        isDigit || self >= 0x80
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
