/// Counts what a build notices, and hands the counts over with each chunk.
struct FindingTally {
    private var counts: [Key: Int64] = [:]

    private struct Key: Hashable {
        var channel: Channel
        var kind: BuildFinding.Kind
        var detail: String
    }

    /// Counts the variables for want of which a contact is left out.
    mutating func add(_ error: RenderError, on channel: Channel) {
        guard case .missingVariables(let names) = error else { return }
        for name in names { add(1, Key(channel: channel, kind: .missingVariable, detail: name)) }
    }

    /// Counts the parts of an SMS, and what a character outside the default alphabet adds to them.
    mutating func add(_ parts: SMSParts, of text: String) {
        add(1, Key(channel: .sms, kind: .parts, detail: String(parts.count)))
        guard let stray = parts.firstOutsideGSM else { return }
        let name = String(Character(stray))
        add(1, Key(channel: .sms, kind: .stray, detail: name))
        let cost = parts.count - SMSParts.countWithoutStrays(in: text)
        if cost > 0 { add(Int64(cost), Key(channel: .sms, kind: .strayCost, detail: name)) }
    }

    /// What was counted since the last call.
    mutating func take() -> [BuildFinding] {
        defer { counts.removeAll(keepingCapacity: true) }
        return counts.map {
            BuildFinding(
                channel: $0.key.channel,
                kind: $0.key.kind,
                detail: $0.key.detail,
                count: $0.value
            )
        }
    }

    private mutating func add(_ count: Int64, _ key: Key) {
        counts[key, default: 0] += count
    }
}
