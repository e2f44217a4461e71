extension Timestamp: CustomStringConvertible {
    /// The instant as RFC 3339 in UTC with milliseconds, as in `2025-08-28T20:02:20.603Z`.
    ///
    /// An instant outside the years 0000 to 9999, which RFC 3339 cannot write, reads as the nearest
    /// one inside.
    package var description: String {
        let milliseconds = min(max(milliseconds, Self.rfc3339.lowerBound), Self.rfc3339.upperBound)
        let day = milliseconds.flooredDivision(by: Self.millisecondsPerDay)
        let inDay = milliseconds - day * Self.millisecondsPerDay
        let date = CivilDate(daysSince1970: day)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        text.append(digits: date.year, width: 4)
        text.append(UInt8(ascii: "-"))
        text.append(digits: date.month, width: 2)
        text.append(UInt8(ascii: "-"))
        text.append(digits: date.day, width: 2)
        text.append(UInt8(ascii: "T"))
        text.append(digits: inDay / 3_600_000, width: 2)
        text.append(UInt8(ascii: ":"))
        text.append(digits: inDay / 60_000 % 60, width: 2)
        text.append(UInt8(ascii: ":"))
        text.append(digits: inDay / 1_000 % 60, width: 2)
        text.append(UInt8(ascii: "."))
        text.append(digits: inDay % 1_000, width: 3)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads RFC 3339 (`2025-08-28T20:02:20.603Z`, `…+02:00`) or a bare date (`2025-08-28`, midnight UTC).
    ///
    /// Returns nil for anything else, for a date the calendar does not have, for a leap second, and
    /// for an offset that leads out of the years 0000 to 9999.
    package init?(rfc3339 text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(width: 4), reader.skip("-"),
            let month = reader.number(width: 2), reader.skip("-"),
            let day = reader.number(width: 2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        var total = date.daysSince1970 * Self.millisecondsPerDay
        if !reader.isAtEnd {
            guard let inDay = reader.timeAndOffset() else { return nil }
            total += inDay
        }
        guard Self.rfc3339.contains(total) else { return nil }
        self.init(milliseconds: total)
    }

    private static let millisecondsPerDay: Int64 = 86_400_000
    /// 0000-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z (RFC 3339 section 1: four-digit years).
    private static let rfc3339: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999
}

/// Takes fixed-width numbers and separators off the front of ASCII text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number(width: Int) -> Int64? {
        guard rest.count >= width else { return nil }
        var value: Int64 = 0
        for byte in rest.prefix(width) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        rest = rest.dropFirst(width)
        return value
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Milliseconds since midnight UTC of `Thh:mm:ss[.fff](Z|±hh:mm)`.
    mutating func timeAndOffset() -> Int64? {
        guard skip("T") || skip("t") || skip(" "),
            let hour = number(width: 2), hour < 24, skip(":"),
            let minute = number(width: 2), minute < 60, skip(":"),
            let second = number(width: 2), second < 60
        else { return nil }
        var milliseconds = ((hour * 60 + minute) * 60 + second) * 1_000
        if skip(".") {
            guard let fraction = fractionInMilliseconds() else { return nil }
            milliseconds += fraction
        }
        guard let offset = offsetInMinutes(), isAtEnd else { return nil }
        return milliseconds - offset * 60_000
    }

    private mutating func fractionInMilliseconds() -> Int64? {
        var value: Int64 = 0
        var taken = 0
        while let digit = number(width: 1) {
            if taken < 3 { value = value * 10 + digit }
            taken += 1
        }
        guard taken > 0 else { return nil }
        for _ in min(taken, 3)..<3 { value *= 10 }
        return value
    }

    private mutating func offsetInMinutes() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(width: 2), hours < 24, skip(":"),
            let minutes = number(width: 2), minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}

extension [UInt8] {
    /// Appends a number in decimal, padded with zeros to `width`.
    fileprivate mutating func append(digits value: Int64, width: Int) {
        var scale: Int64 = 1
        for _ in 1..<width { scale *= 10 }
        while scale > 0 {
            append(UInt8(ascii: "0") + UInt8(value / scale % 10))
            scale /= 10
        }
    }
}
