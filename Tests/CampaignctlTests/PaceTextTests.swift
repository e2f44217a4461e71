import APITypes
import JobQueue
import Testing

@testable import campaignctl

@Suite("Rates and estimates for people", .timeLimit(.minutes(10)))
struct PaceTextTests {
    private let now = StageClock.start

    @Test(
        "a rate keeps the digits that matter",
        arguments: [
            (0.5, "0.5/s"), (0.001, "0.001/s"), (2, "2/s"), (12.345, "12.3/s"),
            (1_234.5, "1,234/s"),
            (0, "0/s"),
        ]
    )
    func rate(perSecond: Double, text: String) {
        #expect(PaceText.rate(perSecond) == text)
    }

    @Test("a campaign's pace names each throttle, why it is low, and when the campaign is done")
    func pace() {
        let throttle = ThrottleBody(
            scope: "transport",
            sender: nil,
            limit: 50,
            perSecond: 25,
            available: 0,
            nextAt: (now + .seconds(3)).description,
            reason: "429 slow down"
        )
        var pace = PaceBody(channel: "sms", perSecond: 12.34, throttles: [throttle])
        #expect(
            PaceText.pace(pace, to: now)
                == "sms 12.3/s; transport 25/s of 50/s (429 slow down), next in 3 s"
        )
        #expect(PaceText.end(pace, to: now) == nil)
        pace.reason = "nothing serves it"
        #expect(PaceText.end(pace, to: now) == "sms unknown: nothing serves it")
        pace.earliest = (now + .seconds(300)).description
        #expect(PaceText.end(pace, to: now)?.contains("(in 5 min): nothing serves it") == true)
        (pace.latest, pace.reason) = ((now + .seconds(600)).description, nil)
        #expect(PaceText.end(pace, to: now)?.hasSuffix("(in 10 min)") == true)
    }
}
