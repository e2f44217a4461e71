import JobQueue

/// The rule at the end of a TZif file, a POSIX TZ string such as `CET-1CEST,M3.5.0,M10.5.0/3`
/// (RFC 8536 section 3.3).
struct ZoneFooter: Sendable, Equatable {
    /// Seconds east of UTC in standard time.
    private let standard: Int64
    /// Nil: standard time all year.
    private let summer: Summer?

    private struct Summer: Equatable {
        var offset: Int64
        var start: DayRule
        var end: DayRule
    }

    /// Reads the rule; nil if it is none.
    init?(_ text: String) {
        var reader = FooterReader(text)
        guard reader.name(), let offset = reader.offset() else { return nil }
        standard = -offset
        guard !reader.isAtEnd else {
            summer = nil
            return
        }
        guard reader.name() else { return nil }
        let summerOffset = reader.offset().map { -$0 } ?? standard + 3_600
        guard let start = reader.dayRule(), let end = reader.dayRule(), reader.isAtEnd else {
            return nil
        }
        summer = Summer(offset: summerOffset, start: start, end: end)
    }

    func period(at instant: Int64) -> ZoneRules.Period {
        guard let summer else { return ZoneRules.Period(offset: standard, end: nil) }
        let day = (instant + standard).flooredDivision(by: 86_400)
        let year = CivilDate(daysSince1970: day).year
        // Both changes of the years around: a change may fall into another year in UTC.
        let changes = (year - 1...year + 1).flatMap { year in
            [
                (at: summer.start.second(of: year) - standard, offset: summer.offset),
                (at: summer.end.second(of: year) - summer.offset, offset: standard),
            ]
        }.sorted { $0.at < $1.at }
        let next = changes.firstIndex { $0.at > instant } ?? changes.count
        return ZoneRules.Period(
            offset: next == 0 ? standard : changes[next - 1].offset,
            end: next < changes.count ? changes[next].at : nil
        )
    }
}

/// A moment of each year, in local time before the change.
private struct DayRule: Sendable, Equatable {
    enum Day: Equatable {
        /// 1 to 365, the 29th of February not counted.
        case julian(Int64)
        /// 0 to 365, counted.
        case ordinal(Int64)
        /// The weekday (0: Sunday) of a week (5: the last) in a month.
        case weekday(Int64, week: Int64, month: Int64)
    }

    var day: Day
    /// Seconds after midnight; may lie outside the day.
    var time: Int64

    /// Seconds since 1970 of the local clock.
    func second(of year: Int64) -> Int64 { dayNumber(of: year) * 86_400 + time }

    private func dayNumber(of year: Int64) -> Int64 {
        let newYear = Self.first(of: 1, year)
        switch day {
        case .ordinal(let day): return newYear + day
        case .julian(let day):
            let isAfterLeapDay = day > 59 && Self.first(of: 3, year) - newYear == 60
            return newYear + day - (isAfterLeapDay ? 0 : 1)
        case .weekday(let weekday, let week, let month):
            let first = Self.first(of: month, year)
            let next = month == 12 ? Self.first(of: 1, year + 1) : Self.first(of: month + 1, year)
            // The first of January 1970 was a Thursday.
            let day = first + (weekday - (first + 4)).flooredRemainder(by: 7) + (week - 1) * 7
            return day < next ? day : day - 7
        }
    }

    private static func first(of month: Int64, _ year: Int64) -> Int64 {
        CivilDate(year: year, month: month, day: 1)?.daysSince1970 ?? 0
    }
}

/// Takes the parts of a POSIX TZ string off its front.
private struct FooterReader {
    private var rest: Substring

    init(_ text: String) {
        rest = Substring(text)
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Skips letters, or anything between `<` and `>`; false if there is no name.
    mutating func name() -> Bool {
        if rest.first == "<" {
            guard let end = rest.firstIndex(of: ">") else { return false }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let letters = rest.prefix { $0.isASCII && $0.isLetter }
        rest = rest.dropFirst(letters.count)
        return !letters.isEmpty
    }

    /// `[+-]hh[:mm[:ss]]` in seconds; nil, with nothing taken, if none is here.
    mutating func offset() -> Int64? {
        let start = rest
        let sign: Int64 = rest.first == "-" ? -1 : 1
        if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
        guard let hours = number(through: 167) else {
            rest = start
            return nil
        }
        var seconds = hours * 3_600
        for unit in [60, 1] as [Int64] where rest.first == ":" {
            rest = rest.dropFirst()
            guard let value = number(through: 59) else { return nil }
            seconds += value * unit
        }
        return sign * seconds
    }

    /// `,Mm.w.d`, `,Jn` or `,n`, each with `/time` or without: then it is two in the morning.
    mutating func dayRule() -> DayRule? {
        guard skip(","), let day = day() else { return nil }
        guard skip("/") else { return DayRule(day: day, time: 7_200) }
        return offset().map { DayRule(day: day, time: $0) }
    }

    private mutating func day() -> DayRule.Day? {
        if skip("J") { return number(through: 365).map { .julian($0) } }
        guard skip("M") else { return number(through: 365).map { .ordinal($0) } }
        guard let month = number(through: 12), month > 0, skip("."),
            let week = number(through: 5), week > 0, skip("."), let weekday = number(through: 6)
        else { return nil }
        return .weekday(weekday, week: week, month: month)
    }

    private mutating func skip(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func number(through maximum: Int64) -> Int64? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let value = Int64(digits), value <= maximum else { return nil }
        rest = rest.dropFirst(digits.count)
        return value
    }
}
