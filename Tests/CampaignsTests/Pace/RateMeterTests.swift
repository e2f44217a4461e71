import JobQueue
import Testing

@testable import Campaigns

@Suite("The measure of a rate")
struct RateMeterTests {
    private let start = Timestamp(milliseconds: 1_750_000_000_000)

    @Test("agrees with a steady rate from its first seconds on", arguments: [0.5, 3, 200])
    func steady(rate: Double) throws {
        var meter = RateMeter()
        let gap = 1_000 / rate
        for number in 0..<Int(rate * 120) {
            meter.note(1, at: start + .milliseconds(Int64(Double(number) * gap)))
        }
        let range = try #require(meter.range(at: start + .seconds(120)))
        #expect(range.lowerBound > rate * 0.85 && range.upperBound < rate * 1.15, "\(range)")
    }

    @Test("says a wide range where the rate has just fallen, and nothing before the first message")
    func changing() throws {
        var meter = RateMeter()
        #expect(meter.range(at: start) == nil && meter.perSecond(at: start) == 0)
        for second in 0..<60 { meter.note(100, at: start + .seconds(second)) }
        for second in 60..<80 { meter.note(1, at: start + .seconds(second)) }
        let range = try #require(meter.range(at: start + .seconds(80)))
        #expect(range.lowerBound < 25 && range.upperBound > 50, "\(range)")
    }
}
