import Foundation

extension Figure {
    /// The figure for people: what was measured, and below it the floor and the goal.
    var tableLines: String {
        var lines = ["\(scenario) \(variant), n = \(n)", "    " + product.joined(separator: "  ")]
        if !floor.isEmpty { lines.append("    floor: " + floor.joined(separator: "  ")) }
        if let goal {
            let word = isReached.map { $0 ? "reached" : "SHORT" } ?? "not judged"
            lines.append("    goal: \(goal): \(word)")
        }
        return lines.joined(separator: "\n")
    }

    private var product: [String] {
        [
            rate.map { "\(Self.text($0))/s" },
            p50Ms.map { "p50 \(Self.text($0)) ms" },
            p99Ms.map { "p99 \(Self.text($0)) ms" },
            maxMs.map { "max \(Self.text($0)) ms" },
            "\(Self.text(seconds)) s",
            cpuSeconds.map { "cpu \(Self.text($0)) s" },
            cpuPercent.map { "cpu \(Self.text($0)) %" },
            fsyncs.map { "\($0) fsyncs" },
            sqlStatements.map { "\($0) statements" },
            rssMB.map { "peak \(Self.text($0)) MB" },
        ].compactMap { $0 }
    }

    private var floor: [String] {
        [
            floorRate.map { "\(Self.text($0))/s" },
            floorP50Ms.map { "p50 \(Self.text($0)) ms" },
            ratio.map { "ratio \(Self.text($0))" },
        ].compactMap { $0 }
    }

    /// Three significant digits, without an exponent.
    private static func text(_ value: Double) -> String {
        value >= 100 ? String(format: "%.0f", value) : String(format: "%.3g", value)
    }
}
