import JobQueue
import TestSupport
import Testing

@Suite("Timestamps in RFC 3339", .timeLimit(.minutes(10)))
struct TimestampTests {
    @Test(
        "instants read as their text, and texts as their instant",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_756_411_340_603, "2025-08-28T20:02:20.603Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ]
    )
    func known(milliseconds: Int64, text: String) {
        let instant = Timestamp(milliseconds: milliseconds)
        #expect(instant.description == text)
        #expect(Timestamp(rfc3339: text) == instant)
    }

    @Test("any instant of four-digit years survives the round trip")
    func roundTrip() {
        let random = SeededRandom(seed: 3)
        for _ in 0..<2_000 {
            let share = random.next()
            let instant = Timestamp(
                milliseconds: -62_167_219_200_000 + Int64(share * 315_569_520_000_000)
            )
            #expect(Timestamp(rfc3339: instant.description) == instant)
        }
    }

    @Test(
        "offsets, short and long fractions, lower case and bare dates are read",
        arguments: [
            ("2025-08-28T22:02:20.603+02:00", "2025-08-28T20:02:20.603Z"),
            ("2025-08-28T14:32:20-05:30", "2025-08-28T20:02:20.000Z"),
            ("2025-08-28t20:02:20.6z", "2025-08-28T20:02:20.600Z"),
            ("2025-08-28 20:02:20.603999999Z", "2025-08-28T20:02:20.603Z"),
            ("2025-08-28", "2025-08-28T00:00:00.000Z"),
            ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"),
        ]
    )
    func read(text: String, expected: String) {
        #expect(Timestamp(rfc3339: text)?.description == expected)
    }

    @Test(
        "everything else is refused",
        arguments: [
            "", "2025", "2025-08", "25-08-28", "2025-8-28", "2025-13-01", "2025-00-10",
            "2025-02-29",
            "2100-02-29", "2025-04-31", "2025-08-28T", "2025-08-28T20:02", "2025-08-28T20:02:20",
            "2025-08-28T24:00:00Z", "2025-08-28T20:60:00Z", "2025-08-28T23:59:60Z",
            "2025-08-28T20:02:20.Z", "2025-08-28T20:02:20Z ", " 2025-08-28",
            "2025-08-28T20:02:20+2:00",
            "2025-08-28T20:02:20+24:00", "2025-08-28T20:02:20+0200", "2025-08-28T20:02:20−02:00",
            "٢٠٢٥-٠٨-٢٨", "+025-08-28", "-001-01-01",
            "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
        ]
    )
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("an instant outside the four-digit years reads as the nearest inside")
    func outside() {
        #expect(Timestamp(milliseconds: .min).description == "0000-01-01T00:00:00.000Z")
        #expect(Timestamp(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
    }

    @Test("sums and differences are in whole milliseconds")
    func arithmetic() {
        let instant = Timestamp(milliseconds: 1_000)
        #expect(instant + .microseconds(1_999) == Timestamp(milliseconds: 1_001))
        #expect(instant - .seconds(2) == Timestamp(milliseconds: -1_000))
        #expect(Timestamp(milliseconds: 2_500) - instant == .milliseconds(1_500))
        #expect(instant < Timestamp(milliseconds: 1_001))
    }
}
