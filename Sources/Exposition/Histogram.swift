/// How often values fell at or below each of some bounds, and their sum.
struct Histogram: Sendable {
    /// Ascending; values above the last are in the total alone.
    let bounds: [Double]
    /// How many values fell between a bound and the one before it.
    private(set) var counts: [Int]
    private(set) var count = 0
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count)
    }

    mutating func record(_ value: Double) {
        count += 1
        sum += value
        if let index = bounds.firstIndex(where: { value <= $0 }) { counts[index] += 1 }
    }
}
