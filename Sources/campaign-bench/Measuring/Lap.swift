/// One stretch of work: how much, how long, and what it used.
struct Lap {
    var count: Int
    var seconds: Double
    /// Of single operations; empty where only the whole was timed.
    var milliseconds: [Double] = []
    var cpuSeconds = 0.0
    var fsyncs = 0

    /// Runs and times `work`, which answers the milliseconds of its single operations, if any.
    static func measure(_ count: Int, _ work: () throws -> [Double]) rethrows -> Lap {
        let before = Usage.now()
        let start = ContinuousClock.now
        let milliseconds = try work()
        let seconds = start.milliseconds / 1_000
        let after = Usage.now()
        return Lap(
            count: count,
            seconds: seconds,
            milliseconds: milliseconds,
            cpuSeconds: after.cpuSeconds - before.cpuSeconds,
            fsyncs: after.fsyncs - before.fsyncs
        )
    }

    /// Runs an operation `count` times and times each.
    static func each(_ count: Int, _ operation: (Int) throws -> Void) rethrows -> Lap {
        try measure(count) {
            try (0..<count).map { index in
                let start = ContinuousClock.now
                try operation(index)
                return start.milliseconds
            }
        }
    }

    var rate: Double { Double(count) / seconds }

    /// Several laps as one.
    init(joining laps: [Lap]) {
        count = laps.reduce(0) { $0 + $1.count }
        seconds = laps.reduce(0) { $0 + $1.seconds }
        milliseconds = laps.flatMap(\.milliseconds)
        cpuSeconds = laps.reduce(0) { $0 + $1.cpuSeconds }
        fsyncs = laps.reduce(0) { $0 + $1.fsyncs }
    }

    init(
        count: Int,
        seconds: Double,
        milliseconds: [Double] = [],
        cpuSeconds: Double = 0,
        fsyncs: Int = 0
    ) {
        self.count = count
        self.seconds = seconds
        self.milliseconds = milliseconds
        self.cpuSeconds = cpuSeconds
        self.fsyncs = fsyncs
    }

    /// The smallest time that the given part of the operations did not exceed; nil without any.
    func percentile(_ part: Double) -> Double? {
        guard !milliseconds.isEmpty else { return nil }
        let sorted = milliseconds.sorted()
        let rank = (part * Double(sorted.count)).rounded(.up)
        return sorted[max(0, Int(rank) - 1)]
    }
}

extension ContinuousClock.Instant {
    /// Milliseconds that have passed since.
    var milliseconds: Double { (ContinuousClock.now - self) / .milliseconds(1) }
}
