/// One metric of the daemon: its name without the prefix `campaignd_`, and what it means.
package struct MetricFamily: Sendable {
    /// What the value does.
    package enum Kind: Sendable, Equatable {
        /// Only grows while the process lives.
        case counter
        /// Goes up and down.
        case gauge
        /// Values by size, with these bounds.
        case histogram([Double])

        var word: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    package let name: String
    package let kind: Kind
    /// One sentence, unit included.
    package let help: String

    /// Makes a family.
    package init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }
}

extension MetricFamily.Kind {
    /// Seconds, from what a commit takes to what a slow mail server takes.
    package static let seconds = Self.histogram([
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800,
    ])

    /// Numbers of things taken at once.
    package static let sizes = Self.histogram([1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000])
}
