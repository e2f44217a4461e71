/// A length of time as the configuration writes it: `500ms`, `30s`, `5m`, `4h` or `2d`.
///
/// One whole number and one unit: no sign, no fraction, no `1h30m`.
package struct TimeSpan: Hashable, Comparable, Sendable {
    /// The length in milliseconds, from 0 up in what is read from text.
    package let milliseconds: Int64

    /// A length in milliseconds.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Reads a duration; nil if the text is not one, or one beyond 64 bits.
    package init?(_ text: String) {
        guard let milliseconds = UnitScale.time.read(text) else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// Whether the left one is shorter.
    package static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension TimeSpan {
    static func milliseconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count) }
    static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * 1_000) }
    static func minutes(_ count: Int64) -> TimeSpan { seconds(count * 60) }
    static func hours(_ count: Int64) -> TimeSpan { minutes(count * 60) }
    static func days(_ count: Int64) -> TimeSpan { hours(count * 24) }
}

extension TimeSpan: CustomStringConvertible {
    /// The duration as the configuration would write it, in the largest unit that is exact.
    package var description: String { UnitScale.time.write(milliseconds) }
}
