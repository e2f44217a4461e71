import Foundation
import JobQueue
import Testing

@testable import Campaigns

@Suite("The offsets of time zones", .timeLimit(.minutes(10)))
struct ZoneRulesTests {
    /// Zones with every kind of rule: none, northern and southern, half hours, changes before
    /// midnight and of half an hour, summer time as the standard, times outside the day.
    static let zones = [
        "UTC", "Europe/Paris", "Europe/Dublin", "America/New_York", "America/St_Johns",
        "America/Sao_Paulo", "America/Nuuk", "America/Santiago", "Africa/Cairo",
        "Africa/Casablanca", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Gaza", "Asia/Tehran",
        "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Apia", "Pacific/Chatham",
        "Pacific/Kiritimati", "Antarctica/Troll", "Etc/GMT+12",
    ]

    @Test("are those that the C library's zdump finds around each change", arguments: zones)
    func zdump(zone: String) throws {
        let rules = try #require(ZoneCatalog().rules(of: zone))
        let lines = try Zdump.lines(of: zone, years: 1970...2060)
        #expect(lines.count > 0 || ["UTC", "Etc/GMT+12", "Asia/Kolkata"].contains(zone))
        for line in lines {
            let found = rules.period(at: line.instant)
            #expect(found.offset == line.offset, "\(zone) at \(line.instant)")
        }
        // The lines come in pairs, the last second before a change and the change.
        for (last, change) in zip(lines, lines.dropFirst()) where change.instant == last.instant + 1
        {
            guard last.offset != change.offset else { continue }
            #expect(rules.period(at: last.instant).end == change.instant, "\(zone)")
        }
    }

    @Test(
        "a file that is no time zone is refused, and so is a name that leads elsewhere",
        arguments: [
            "Mars/Olympus", "", "../../etc/passwd", "Europe", "tzdata.zi", "/etc/localtime",
        ]
    )
    func unknown(name: String) {
        #expect(ZoneCatalog().rules(of: name) == nil)
    }

    @Test("a file cut short anywhere is refused or read, and never read beyond its end")
    func truncated() throws {
        let file = try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Paris"))
        for length in stride(from: 0, to: file.count, by: 7) {
            _ = ZoneRules(tzif: Array(file.prefix(length)))
        }
        #expect(ZoneRules(tzif: Array(file.prefix(40))) == nil)
    }

    @Test(
        "a rule is read as POSIX and RFC 8536 write it",
        arguments: [
            ("<-03>3", 0, -10_800), ("EST5EDT,M3.2.0,M11.1.0", 1_752_000_000, -14_400),
            ("EST5EDT,M3.2.0,M11.1.0", 1_735_000_000, -18_000),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1_752_000_000, -3_600),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", 1_735_000_000, 0), ("XXX-3YYY,J60/0,J300", 0, 10_800),
        ]
    )
    func footer(text: String, instant: Int, offset: Int) throws {
        let footer = try #require(ZoneFooter(text))
        #expect(footer.period(at: Int64(instant)).offset == Int64(offset))
    }

    @Test(
        "no rule",
        arguments: ["", "5", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.1.0,M1.1.0"]
    )
    func malformed(text: String) {
        #expect(ZoneFooter(text) == nil)
    }
}

/// The C library's own view of the zones.
private enum Zdump {
    struct Line {
        var instant: Int64
        var offset: Int64
    }

    static func lines(of zone: String, years: ClosedRange<Int>) throws -> [Line] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/zdump")
        process.arguments = ["-v", "-c", "\(years.lowerBound),\(years.upperBound)", zone]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap(line)
    }

    /// A line such as `Europe/Paris  Sun Mar 28 01:00:00 2021 UT = Sun Mar 28 03:00:00 2021 CEST isdst=1 gmtoff=7200`.
    private static func line(_ text: Substring) -> Line? {
        let words = text.split(separator: " ")
        guard words.count >= 15, let offset = Int64(words[words.count - 1].dropFirst(7)),
            let month = months.firstIndex(of: String(words[2])), let day = Int64(words[3]),
            let year = Int64(words[5]), (1970...2060).contains(year),
            let date = CivilDate(year: year, month: Int64(month + 1), day: day)
        else { return nil }
        let time = words[4].split(separator: ":").compactMap { Int64($0) }
        let seconds = date.daysSince1970 * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
        return Line(instant: seconds, offset: offset)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
