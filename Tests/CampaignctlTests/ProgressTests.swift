import Testing

@testable import campaignctl

@Suite("Progress bar", .timeLimit(.minutes(10)))
struct ProgressTests {
    @Test("it tells the share done, the rate and the time left")
    func wholeLine() {
        var meter = ProgressMeter(unit: .things("messages"))
        meter.update(done: 0, total: 5_000, at: 0)
        meter.update(done: 2_000, total: 5_000, at: 4_000)
        #expect(
            meter.line(title: "sending", width: 80)
                == "sending  [############------------------]  40%  2,000/5,000  500/s  6.0 s left"
        )
    }

    @Test("the rate is that of the last ten seconds")
    func rateIsRecent() {
        var meter = ProgressMeter(unit: .things("messages"))
        for second in 0...20 {
            let done = second <= 10 ? 100 * second : 1_000 + 10 * (second - 10)
            meter.update(done: Int64(done), total: nil, at: Int64(second) * 1_000)
        }
        #expect(meter.rate == 10)
    }

    @Test("without a total it counts")
    func unknownTotal() {
        var meter = ProgressMeter(unit: .things("contacts"))
        meter.update(done: 1_200, total: nil, at: 0)
        #expect(meter.line(title: "building", width: 80) == "building  1,200 contacts")
    }

    @Test("bytes are told in units")
    func bytes() {
        var meter = ProgressMeter(unit: .bytes)
        meter.update(done: 0, total: 10_000_000, at: 0)
        meter.update(done: 2_500_000, total: 10_000_000, at: 1_000)
        let line = meter.line(title: "a.csv", width: 80)
        #expect(line.hasSuffix(" 25%  2.5 MB/10.0 MB  2.5 MB/s  3.0 s left"))
    }

    @Test("it never fills more than the terminal's width", arguments: [10, 20, 40, 60, 200])
    func width(columns: Int) {
        var meter = ProgressMeter(unit: .things("messages"))
        meter.update(done: 1, total: 1_000_000, at: 0)
        meter.update(done: 400_000, total: 1_000_000, at: 9_000)
        #expect(DisplayText.width(meter.line(title: "sending", width: columns)) <= columns)
    }

    @Test("work that starts over starts the reckoning over")
    func startsOver() {
        var meter = ProgressMeter(unit: .things("messages"))
        meter.update(done: 500, total: 1_000, at: 0)
        meter.update(done: 900, total: 1_000, at: 1_000)
        meter.update(done: 10, total: 1_000, at: 2_000)
        #expect(meter.rate == nil)
    }
}
