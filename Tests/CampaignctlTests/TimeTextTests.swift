import JobQueue
import Testing

@testable import campaignctl

@Suite("Times for people", .timeLimit(.minutes(10)))
struct TimeTextTests {
    private let now = StageClock.start

    @Test(
        "instants are told by their distance",
        arguments: [
            (-400, "now"), (-12_000, "12 s ago"), (300_000, "in 5 min"),
            (-7_200_000, "2 h ago"), (-172_800_000, "2 d ago"), (-2_592_000_000, "2025-07-29"),
        ] as [(Int64, String)]
    )
    func relative(offset: Int64, text: String) {
        #expect(TimeText.relative(now + .milliseconds(offset), to: now) == text)
    }

    @Test(
        "spans have two units at most",
        arguments: [
            (250, "250 ms"), (12_345, "12.3 s"), (302_000, "5 min 2 s"), (300_000, "5 min"),
            (11_040_000, "3 h 4 min"), (176_400_000, "2 d 1 h"),
        ] as [(Int64, String)]
    )
    func spans(milliseconds: Int64, text: String) {
        #expect(TimeText.span(milliseconds: milliseconds) == text)
    }

    @Test("an instant that cannot be read is shown as it is")
    func unreadable() {
        #expect(TimeText.relative("soon", to: now) == "soon")
        #expect(TimeText.absolute("2025-08-28T20:02:20.603Z") == "2025-08-28 20:02:20")
    }
}
