import Foundation

/// One measured variant of a scenario, with its floor; nil is what does not apply.
struct Figure: Codable {
    var scenario: String
    var variant: String
    var n: Int
    var seconds: Double
    /// Of what the scenario counts, a second.
    var rate: Double?
    var p50Ms: Double?
    var p99Ms: Double?
    var maxMs: Double?
    var floorRate: Double?
    var floorP50Ms: Double?
    /// The median over the rounds of product by floor.
    var ratio: Double?
    var fsyncs: Int?
    var cpuSeconds: Double?
    /// The process's peak.
    var rssMB: Double?
    var sqlStatements: Int?
    var cpuPercent: Double?
    /// What is to be reached, in words, and whether it was.
    var goal: String?
    var isReached: Bool?

    init(_ scenario: String, _ variant: String, n: Int, seconds: Double) {
        self.scenario = scenario
        self.variant = variant
        self.n = n
        self.seconds = seconds
    }

    /// The figure of a product and its floor, both measured in rounds.
    init(_ scenario: String, _ variant: String, _ comparison: Comparison) {
        let product = comparison.product
        self.init(scenario, variant, n: product.count, seconds: product.seconds)
        rate = product.rate
        p50Ms = product.percentile(0.5)
        p99Ms = product.percentile(0.99)
        maxMs = product.percentile(1)
        fsyncs = product.fsyncs
        cpuSeconds = product.cpuSeconds
        rssMB = Usage.peakMegabytes()
        guard !comparison.floors.isEmpty else { return }
        floorRate = comparison.floor.rate
        floorP50Ms = comparison.floor.percentile(0.5)
        ratio = comparison.ratio
    }

    /// Says what is to be reached, and whether it was.
    func toReach(_ goal: String, _ isReached: Bool?) -> Figure {
        var figure = self
        figure.goal = goal
        figure.isReached = isReached
        return figure
    }

    /// For goals that are a least ratio to the floor.
    func toReach(ratio least: Double, _ words: String) -> Figure {
        toReach("ratio \(least) \(words)", ratio.map { $0 >= least })
    }

    var jsonLine: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(rounded) else {
            preconditionFailure("a figure holds finite numbers only")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Four significant digits: more would claim what was not measured.
    private var rounded: Figure {
        func round(_ value: Double?) -> Double? {
            value.flatMap { $0.isFinite ? Double(String(format: "%.4g", $0)) : nil }
        }
        var figure = self
        figure.seconds = round(seconds) ?? 0
        figure.rate = round(rate)
        figure.p50Ms = round(p50Ms)
        figure.p99Ms = round(p99Ms)
        figure.maxMs = round(maxMs)
        figure.floorRate = round(floorRate)
        figure.floorP50Ms = round(floorP50Ms)
        figure.ratio = round(ratio)
        figure.cpuSeconds = round(cpuSeconds)
        figure.rssMB = round(rssMB)
        figure.cpuPercent = round(cpuPercent)
        return figure
    }
}
