/// How far something got, how fast it goes, and how long it may still take.
struct ProgressMeter: Sendable {
    /// What is counted.
    enum Unit: Sendable {
        case bytes
        case things(String)
    }

    /// Where it stood at a moment.
    private struct Sample {
        var milliseconds: Int64
        var done: Int64
    }

    private(set) var done: Int64 = 0
    /// Nil while it is not known.
    private(set) var total: Int64?
    private let unit: Unit
    private var samples: [Sample] = []

    init(unit: Unit) {
        self.unit = unit
    }

    /// Records where it stands; `milliseconds` is any clock that does not go back.
    mutating func update(done: Int64, total: Int64?, at milliseconds: Int64) {
        if done < self.done { samples = [] }
        self.done = done
        self.total = total
        samples.append(Sample(milliseconds: milliseconds, done: done))
        // Two samples at least, however far apart.
        while samples.count > 2, milliseconds - samples[0].milliseconds > Self.window {
            samples.removeFirst()
        }
    }

    /// Per second, over the last ten seconds or so; nil before it can be told.
    var rate: Double? {
        guard let first = samples.first, let last = samples.last,
            last.milliseconds > first.milliseconds, last.done > first.done
        else { return nil }
        return Double(last.done - first.done) * 1_000
            / Double(last.milliseconds - first.milliseconds)
    }

    /// One line of at most `width` columns.
    func line(title: String, width: Int) -> String {
        if done == 0, total == nil { return DisplayText.cut(title, to: width) }
        let figures = self.figures
        guard let total, total > 0 else {
            return DisplayText.cut("\(title)  \(figures)", to: width)
        }
        let share = min(1, Double(done) / Double(total))
        let percent = DisplayText.pad("\(Int(share * 100))%", to: 4, right: true)
        let used = DisplayText.width(title) + DisplayText.width(figures) + percent.utf8.count + 8
        let cells = min(Self.longestBar, width - used)
        guard cells >= Self.shortestBar else {
            return DisplayText.cut("\(title) \(percent)  \(figures)", to: width)
        }
        let full = Int(share * Double(cells))
        let bar = String(repeating: "#", count: full) + String(repeating: "-", count: cells - full)
        return "\(title)  [\(bar)] \(percent)  \(figures)"
    }

    private var figures: String {
        var figures = total.map { "\(text(done))/\(text($0))" } ?? text(done)
        if case .things(let noun) = unit, total == nil { figures += " \(noun)" }
        guard let rate else { return figures }
        figures += "  \(text(Int64(rate.rounded())))/s"
        guard let total, total > done else { return figures }
        let left = Double(total - done) / rate
        guard left < Self.longestForecast else { return figures }
        return figures + "  \(TimeText.span(milliseconds: Int64(left.rounded(.up)) * 1_000)) left"
    }

    private func text(_ number: Int64) -> String {
        switch unit {
        case .bytes: DisplayText.bytes(number)
        case .things: DisplayText.count(number)
        }
    }

    /// Milliseconds over which the rate is taken.
    private static let window: Int64 = 10_000
    private static let longestBar = 30
    private static let shortestBar = 8
    /// Seconds beyond which a forecast says nothing: a hundred days.
    private static let longestForecast = 8_640_000.0
}
