/// A page of metrics in Prometheus' text format, version 0.0.4
/// (prometheus.io/docs/instrumenting/exposition_formats).
package struct PrometheusText: Sendable {
    /// The media type of the page.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"
    /// Before every name.
    static let prefix = "campaignd_"

    package private(set) var text = ""

    /// Makes an empty page.
    package init() {}

    /// Adds a family with its samples; one without samples is left out.
    package mutating func add(
        _ family: MetricFamily,
        _ samples: [(labels: [(String, String)], value: Double)]
    ) {
        guard !samples.isEmpty else { return }
        addHead(of: family)
        for sample in samples { addLine(family.name, sample.labels, sample.value) }
    }

    /// Adds a family of one sample without labels.
    package mutating func add(_ family: MetricFamily, _ value: Double) {
        add(family, [(labels: [], value: value)])
    }

    /// Adds what another page holds.
    package mutating func add(_ page: PrometheusText) {
        text += page.text
    }

    mutating func add(
        _ family: MetricFamily,
        histograms: [(labels: [(String, String)], histogram: Histogram)]
    ) {
        guard !histograms.isEmpty else { return }
        addHead(of: family)
        for (labels, histogram) in histograms {
            var total = 0
            for (bound, count) in zip(histogram.bounds, histogram.counts) {
                total += count
                addLine(
                    "\(family.name)_bucket",
                    labels + [("le", Self.written(bound))],
                    Double(total)
                )
            }
            addLine("\(family.name)_bucket", labels + [("le", "+Inf")], Double(histogram.count))
            addLine("\(family.name)_sum", labels, histogram.sum)
            addLine("\(family.name)_count", labels, Double(histogram.count))
        }
    }

    private mutating func addHead(of family: MetricFamily) {
        let name = Self.prefix + family.name
        text += "# HELP \(name) \(Self.escaped(family.help, quotes: false))\n"
        text += "# TYPE \(name) \(family.kind.word)\n"
    }

    private mutating func addLine(_ name: String, _ labels: [(String, String)], _ value: Double) {
        text += Self.prefix + name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
            text += "{\(pairs.joined(separator: ","))}"
        }
        text += " \(Self.written(value))\n"
    }

    /// A number as short as it can be; whole ones without a point.
    private static func written(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.append(character)
            }
        }
    }
}
