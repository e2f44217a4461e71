import ArgumentParser

/// A length of time on the command line: `500ms`, `30s`, `10m`, `4h` or `2d`.
struct Span: ExpressibleByArgument, Equatable {
    let duration: Duration

    init?(argument: String) {
        let digits = argument.prefix { ("0"..."9").contains($0) }
        let unit = argument.dropFirst(digits.count)
        // More than this many milliseconds in a century: no sum of spans and dates overflows.
        guard let number = Int64(digits), number <= 3_155_760_000_000,
            let size = Self.milliseconds[String(unit)]
        else { return nil }
        duration = .milliseconds(number * size)
    }

    private static let milliseconds: [String: Int64] = [
        "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]
}
