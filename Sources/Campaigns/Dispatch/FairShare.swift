/// Deficit round robin over campaigns: each gets turns in proportion to its weight, however many
/// messages it has.
struct FairShare {
    private var ring: [Int64] = []
    private var next = 0
    /// What is left of turns that were cut short for want of room.
    private var rests: [Int64: Int] = [:]

    /// Shares `room` messages among `weights`, at most one message above what rounds allow.
    ///
    /// - Parameter weights: the campaigns that want messages; a weight is at least 1.
    mutating func share(_ room: Int, among weights: [Int64: Int]) -> [Int64: Int] {
        follow(weights)
        var shares: [Int64: Int] = [:]
        var left = room
        while left > 0, !ring.isEmpty {
            let campaign = ring[next]
            let turn = rests[campaign] ?? weights[campaign] ?? 1
            let taken = min(turn, left)
            shares[campaign, default: 0] += taken
            left -= taken
            // Only a turn that is over makes room for a new one: else whoever has the turn keeps it
            // for ever where room comes one by one.
            rests[campaign] = taken < turn ? turn - taken : nil
            if taken == turn { next = (next + 1) % ring.count }
        }
        return shares
    }

    /// Keeps the place of campaigns that still want messages; others lose what is left of their turn.
    private mutating func follow(_ weights: [Int64: Int]) {
        guard Set(ring) != Set(weights.keys) else { return }
        let current = ring.isEmpty ? nil : ring[next]
        ring = ring.filter { weights[$0] != nil }
        ring += weights.keys.filter { !ring.contains($0) }.sorted()
        rests = rests.filter { weights[$0.key] != nil }
        next = current.flatMap { ring.firstIndex(of: $0) } ?? 0
    }
}
