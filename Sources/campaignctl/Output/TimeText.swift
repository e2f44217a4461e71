import JobQueue

/// Instants and spans as people read them.
enum TimeText {
    /// "12 s ago", "in 5 min"; the day, in UTC, beyond thirty days.
    static func relative(_ instant: Timestamp, to now: Timestamp) -> String {
        let milliseconds = (now - instant).wholeMilliseconds
        let size = milliseconds.magnitude
        if size >= 30 * day { return String(instant.description.prefix(10)) }
        if size < 1_000 { return "now" }
        let text = rough(size)
        return milliseconds > 0 ? "\(text) ago" : "in \(text)"
    }

    /// The same for an instant as the API writes it; one it cannot read is shown as it is.
    static func relative(_ instant: String, to now: Timestamp) -> String {
        Timestamp(rfc3339: instant).map { relative($0, to: now) } ?? instant
    }

    /// `2025-08-28 20:02:20` in UTC, of an instant as the API writes it.
    static func absolute(_ instant: String) -> String {
        Timestamp(rfc3339: instant).map { absolute($0) } ?? instant
    }

    /// The same with milliseconds, for telling events apart that follow one another at once.
    static func precise(_ instant: String) -> String {
        guard let instant = Timestamp(rfc3339: instant)?.description else { return instant }
        return "\(instant.prefix(10)) \(instant.dropFirst(11).prefix(12))"
    }

    /// The span between two instants as the API writes them.
    static func span(from start: String, to end: String) -> String? {
        guard let start = Timestamp(rfc3339: start), let end = Timestamp(rfc3339: end) else {
            return nil
        }
        return span(milliseconds: (end - start).wholeMilliseconds)
    }

    /// `2025-08-28 20:02:20` in UTC.
    static func absolute(_ instant: Timestamp) -> String {
        let text = instant.description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }

    /// A span with two units at most: `250 ms`, `12.3 s`, `5 min 2 s`, `3 h 4 min`, `2 d 1 h`.
    static func span(milliseconds: Int64) -> String {
        let size = milliseconds.magnitude
        switch size {
        case 0..<1_000: return "\(size) ms"
        case 0..<minute: return "\(size / 1_000).\(size / 100 % 10) s"
        case 0..<hour: return pair(size, minute, "min", 1_000, "s")
        case 0..<day: return pair(size, hour, "h", minute, "min")
        default: return pair(size, day, "d", hour, "h")
        }
    }

    /// A span in one unit, rounded down.
    private static func rough(_ milliseconds: UInt64) -> String {
        switch milliseconds {
        case 0..<minute: "\(milliseconds / 1_000) s"
        case 0..<hour: "\(milliseconds / minute) min"
        case 0..<(2 * day): "\(milliseconds / hour) h"
        default: "\(milliseconds / day) d"
        }
    }

    private static func pair(
        _ size: UInt64,
        _ large: UInt64,
        _ largeName: String,
        _ small: UInt64,
        _ smallName: String
    ) -> String {
        let rest = size % large / small
        let first = "\(size / large) \(largeName)"
        return rest == 0 ? first : "\(first) \(rest) \(smallName)"
    }

    private static let minute: UInt64 = 60_000
    private static let hour: UInt64 = 3_600_000
    private static let day: UInt64 = 86_400_000
}
