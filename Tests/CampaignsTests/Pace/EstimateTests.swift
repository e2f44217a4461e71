import JobQueue
import Testing

@testable import Campaigns

@Suite("The estimate of when a campaign is done")
struct EstimateTests {
    private let now = Timestamp(milliseconds: 1_750_000_000_000)

    private func pace(
        measured: ClosedRange<Double>? = nil,
        allowed: Double? = nil,
        nextDue: Timestamp? = nil,
        absence: String? = nil
    ) -> LanePace {
        let throttle = allowed.map {
            ThrottleStatus(
                scope: .transport,
                limit: $0,
                perSecond: $0,
                available: 1,
                nextAt: nil,
                reason: nil
            )
        }
        return LanePace(
            channel: .email,
            perSecond: measured?.lowerBound ?? 0,
            measured: measured,
            throttles: [throttle].compactMap(\.self),
            nextDue: nextDue ?? now,
            absence: absence
        )
    }

    private func estimate(_ open: Int64, _ pace: LanePace?, lastDue: Timestamp? = nil) -> Estimate?
    {
        Estimate(open: open, lastDue: lastDue, pace: pace, now: now)
    }

    @Test("is a range between the rates that were measured")
    func range() {
        let estimate = estimate(1_000, pace(measured: 10...20))
        #expect(estimate?.earliest == now + .seconds(50))
        #expect(estimate?.latest == now + .seconds(100))
        #expect(estimate?.reason == nil)
    }

    @Test("never promises more than a throttle allows")
    func throttled() {
        let estimate = estimate(1_000, pace(measured: 10...20, allowed: 5))
        #expect(estimate?.earliest == now + .seconds(200))
        #expect(estimate?.latest == now + .seconds(200))
    }

    @Test("has no end while too little was sent, and a beginning where a rate tells one")
    func unmeasured() {
        #expect(estimate(1_000, pace())?.earliest == nil)
        let limited = estimate(1_000, pace(allowed: 5))
        #expect(limited?.earliest == now + .seconds(200) && limited?.latest == nil)
        #expect(limited?.reason == "too little was sent to tell")
    }

    @Test("counts in messages whose own time comes last")
    func deferred() {
        let morning = now + .seconds(36_000)
        let some = estimate(1_000, pace(measured: 10...20), lastDue: morning)
        #expect(some?.earliest == morning && some?.latest == morning + .seconds(100))
        let all = estimate(1_000, pace(measured: 10...20, nextDue: morning), lastDue: morning)
        #expect(all?.earliest == morning && all?.latest == nil)
        #expect(all?.reason == "its messages wait for their time")
    }

    @Test("is unknown, with the reason, while the transport takes nothing or nobody serves")
    func absent() {
        let away = estimate(5, pace(measured: 10...20, absence: "connection refused"))
        #expect(away?.earliest == nil && away?.latest == nil)
        #expect(away?.reason == "the transport takes nothing: connection refused")
        #expect(estimate(5, nil)?.earliest == nil)
    }

    @Test("is none where nothing is open")
    func done() {
        #expect(estimate(0, pace(measured: 10...20)) == nil)
    }
}
