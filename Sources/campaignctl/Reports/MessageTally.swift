import Campaigns

/// A campaign's messages by state.
struct MessageTally {
    private let counts: [String: Int64]

    init(_ counts: [String: Int64]) {
        self.counts = counts
    }

    var total: Int64 { counts.values.reduce(0, +) }

    /// Messages for which nothing more happens by itself.
    var settled: Int64 { total - open }

    /// "4,990 sent, 8 failed, 2 unknown", in the order of a message's life; empty without any.
    var text: String {
        let known = MessageState.allCases.map(\.rawValue)
        let others = counts.keys.filter { !known.contains($0) }.sorted()
        return (known + others).compactMap { state in
            guard let count = counts[state], count > 0 else { return nil }
            return "\(DisplayText.count(count)) \(state)"
        }.joined(separator: ", ")
    }

    /// How many messages are in a state.
    func count(_ state: MessageState) -> Int64 { counts[state.rawValue] ?? 0 }

    private var open: Int64 {
        MessageState.allCases.filter(\.isOpen).reduce(0) { $0 + count($1) }
    }
}
