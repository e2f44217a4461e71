import JobQueue
import Testing

@testable import Campaigns

@Suite("Quiet hours", .timeLimit(.minutes(10)))
struct QuietHoursTests {
    private static let zones = ZoneCatalog()

    private func hours(_ from: Int, _ to: Int, zone: String = "UTC") throws -> QuietHours {
        try #require(QuietHours(from: from * 60, to: to * 60, zone: zone, zones: Self.zones))
    }

    @Test("begin and end by the recipient's clock, over midnight too")
    func night() throws {
        let hours = try hours(21, 8)
        let evening = try #require(Timestamp(rfc3339: "2026-01-15T19:59:59Z"))
        let nine = try #require(Timestamp(rfc3339: "2026-01-15T20:00:00Z"))
        let morning = try #require(Timestamp(rfc3339: "2026-01-16T07:00:00Z"))
        #expect(hours.verdict(in: "Europe/Paris", at: evening) == .open(until: nine))
        #expect(hours.verdict(in: "Europe/Paris", at: nine) == .quiet(until: morning))
        #expect(
            hours.verdict(in: "Europe/Paris", at: morning) == .open(until: nine + .seconds(86_400))
        )
        #expect(
            hours.verdict(in: "America/New_York", at: nine) == .open(until: nine + .seconds(21_600))
        )
    }

    @Test("take the configured zone for a contact that names none, or one nobody knows")
    func fallback() throws {
        let hours = try hours(12, 14, zone: "Asia/Tokyo")
        let noon = try #require(Timestamp(rfc3339: "2026-05-01T03:30:00Z"))
        let end = try #require(Timestamp(rfc3339: "2026-05-01T05:00:00Z"))
        #expect(hours.verdict(in: nil, at: noon) == .quiet(until: end))
        #expect(hours.verdict(in: "Mars/Olympus", at: noon) == .quiet(until: end))
    }

    @Test("there are none without a known zone, or from a time to itself")
    func none() {
        #expect(QuietHours(from: 60, to: 120, zone: "Mars/Olympus") == nil)
        #expect(QuietHours(from: 60, to: 60, zone: "UTC") == nil)
    }

    /// Days on which clocks were or will be changed, and one on which a zone skipped a whole day.
    private static let changes = [
        ("Europe/Paris", "2026-03-29"), ("Europe/Paris", "2026-10-25"),
        ("America/New_York", "2026-03-08"), ("America/New_York", "2026-11-01"),
        ("America/Santiago", "2026-09-06"), ("Australia/Lord_Howe", "2026-04-05"),
        ("Africa/Casablanca", "2026-02-15"), ("Asia/Tehran", "2022-09-21"),
        ("America/Nuuk", "2026-03-28"), ("Pacific/Apia", "2011-12-30"),
    ]

    @Test(
        "hold minute by minute on days when clocks change, however they are set",
        arguments: changes
    )
    func clockChanges(zone: String, date: String) throws {
        let rules = try #require(Self.zones.rules(of: zone))
        let middle = try #require(Timestamp(rfc3339: date)).milliseconds / 60_000
        for (from, to) in [(21, 8), (0, 2), (1, 3), (2, 3), (23, 0), (3, 2), (8, 21)] {
            let hours = try hours(from, to)
            func isQuiet(_ minute: Int64) -> Bool {
                let offset = rules.period(at: minute * 60).offset
                let time = (minute * 60 + offset).flooredRemainder(by: 86_400) / 3_600
                return from < to
                    ? (Int64(from)..<Int64(to)).contains(time)
                    : time >= Int64(from) || time < Int64(to)
            }
            // From the end backwards, so that each minute knows where its own state ends.
            var end = middle + 4_320
            while isQuiet(end) == isQuiet(end - 1) { end += 1 }
            for minute in stride(from: end - 1, through: middle - 2_880, by: -1) {
                if isQuiet(minute) != isQuiet(minute + 1) { end = minute + 1 }
                let until = Timestamp(milliseconds: end * 60_000)
                let wall = Timestamp(milliseconds: minute * 60_000)
                let expected: QuietHours.Verdict =
                    isQuiet(minute) ? .quiet(until: until) : .open(until: until)
                let verdict = hours.verdict(in: zone, at: wall)
                guard verdict != expected else { continue }
                Issue.record("\(from)-\(to) at \(wall): \(verdict), not \(expected)")
                return
            }
        }
    }
}
