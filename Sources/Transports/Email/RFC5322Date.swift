import Glibc

/// The date form of mail headers (RFC 5322 section 3.3).
enum RFC5322Date {
    /// The instant in UTC, such as `Thu, 28 Aug 2025 20:02:20 +0000`, rounded down to a second.
    static func text(milliseconds: Int64) -> String {
        var seconds = time_t(
            milliseconds < 0 ? (milliseconds + 1) / 1_000 - 1 : milliseconds / 1_000
        )
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let day = "\(days[Int(parts.tm_wday)]), \(parts.tm_mday) \(months[Int(parts.tm_mon)])"
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(twoDigits)
        return "\(day) \(parts.tm_year + 1_900) \(time.joined(separator: ":")) +0000"
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func twoDigits(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
