import JobQueue
import Testing

@testable import Campaigns

@Suite("A throttle")
struct ThrottleTests {
    private let start = Timestamp(milliseconds: 1_750_000_000_000)

    @Test("lets a burst go at once, then one message each time a token has flowed in")
    func bucket() {
        var throttle = Throttle(limit: RateLimit(perSecond: 2, burst: 3), now: start)
        #expect(throttle.available(at: start) == 3)
        throttle.take(3, at: start)
        #expect(throttle.available(at: start) == 0)
        #expect(throttle.next(at: start) == start + .milliseconds(500))
        #expect(throttle.available(at: start + .milliseconds(499)) == 0)
        #expect(throttle.available(at: start + .milliseconds(500)) == 1)
        #expect(throttle.available(at: start + .seconds(100)) == 3, "no more than a burst")
    }

    @Test("keeps a rate below one a second to the millisecond")
    func fraction() {
        var throttle = Throttle(limit: RateLimit(perSecond: 0.3), now: start)
        var now = start
        for _ in 0..<1_000 {
            throttle.take(1, at: now)
            now = throttle.next(at: now)
            #expect(throttle.available(at: now) == 1)
        }
        // A thousand tokens after the first take 3,333.3 s; each wait is rounded up by at most 1 ms.
        let span = (now - start).wholeMilliseconds
        #expect((3_333_333...3_334_334).contains(span), "\(span) ms")
    }

    @Test("never lets more go than its rate allows, whenever it is asked", arguments: 1...20)
    func bound(seed: UInt64) {
        var random = Sequence(seed: seed)
        let rate = Double(random.next(1...400)) / 10
        let burst = Int(random.next(1...50))
        var throttle = Throttle(limit: RateLimit(perSecond: rate, burst: burst), now: start)
        var now = start
        var taken = 0
        for _ in 0..<2_000 {
            now = now + .milliseconds(Int64(random.next(0...300)))
            let wish = Int(random.next(0...8))
            let granted = min(wish, throttle.available(at: now))
            throttle.take(granted, at: now)
            taken += granted
            let allowed = Double(burst) + rate * Double((now - start).wholeMilliseconds) / 1_000
            #expect(Double(taken) <= allowed + 0.001)
        }
        #expect(taken > 0)
    }

    @Test("a fast one waits for a few tokens, so that one commit pays for them")
    func batches() {
        var throttle = Throttle(limit: RateLimit(perSecond: 1_000), now: start)
        throttle.take(1_000, at: start)
        #expect(throttle.next(at: start) == start + .milliseconds(50))
        #expect(throttle.available(at: start + .milliseconds(50)) == 50)
        #expect(throttle.next(at: start + .milliseconds(50)) == start + .milliseconds(50))
    }

    @Test("may go below zero, and what is owed is waited for")
    func debt() {
        var throttle = Throttle(limit: RateLimit(perSecond: 1), now: start)
        throttle.take(4, at: start)
        #expect(throttle.next(at: start) == start + .seconds(4))
        #expect(throttle.available(at: start + .milliseconds(3_999)) == 0)
    }

    @Test("without a limit holds nothing back until it is slowed down")
    func unlimited() {
        var throttle = Throttle(limit: nil, now: start)
        throttle.take(1_000_000, at: start)
        #expect(throttle.available(at: start) == .max && throttle.rate(at: start) == nil)
        throttle.slowDown(measured: 100, retryAfter: nil, reason: "429", at: start)
        #expect(throttle.rate(at: start) == 50)
        #expect(throttle.available(at: start) == 0)
    }

    @Test("is halved at each throttling and doubles each minute up to its limit")
    func adapts() throws {
        var throttle = Throttle(limit: RateLimit(perSecond: 40), now: start)
        throttle.slowDown(measured: 0, retryAfter: nil, reason: "429", at: start)
        throttle.slowDown(measured: 0, retryAfter: nil, reason: "429 again", at: start)
        #expect(throttle.rate(at: start) == 10 && throttle.cut?.reason == "429 again")
        let later = try #require(throttle.rate(at: start + .seconds(60)))
        #expect(abs(later - 20) < 0.001)
        #expect(throttle.rate(at: start + .seconds(119)).map { $0 < 40 } == true)
        #expect(throttle.rate(at: start + .seconds(120)) == 40)
        throttle.tidy(at: start + .seconds(119))
        #expect(throttle.cut != nil)
        throttle.tidy(at: start + .seconds(120))
        #expect(throttle.cut == nil && throttle.rate(at: start + .seconds(120)) == 40)
    }

    @Test("without a limit is free again at twice the rate at which it was first slowed down")
    func freeAgain() {
        var throttle = Throttle(limit: nil, now: start)
        throttle.slowDown(measured: 16, retryAfter: nil, reason: "421", at: start)
        throttle.slowDown(measured: 1, retryAfter: nil, reason: "421", at: start + .seconds(1))
        #expect(throttle.cut?.ceiling == 32)
        #expect(throttle.rate(at: start + .seconds(170)) != nil)
        #expect(throttle.rate(at: start + .seconds(190)) == nil)
    }

    @Test("is silent for as long as the provider asked, and begins at the halved rate then")
    func retryAfter() {
        var throttle = Throttle(limit: RateLimit(perSecond: 10), now: start)
        throttle.slowDown(measured: 0, retryAfter: .seconds(30), reason: "429", at: start)
        let resumes = start + .seconds(30)
        #expect(throttle.available(at: resumes - .milliseconds(1)) == 0)
        #expect(throttle.rate(at: resumes) == 5)
        #expect(throttle.next(at: start) == resumes + .milliseconds(200))
    }

    @Test("is never halved below one message in ten seconds, or its own lower limit")
    func lowest() {
        var throttle = Throttle(limit: RateLimit(perSecond: 3), now: start)
        var slow = Throttle(limit: RateLimit(perSecond: 0.01), now: start)
        for _ in 0..<20 {
            throttle.slowDown(measured: 0, retryAfter: nil, reason: "429", at: start)
            slow.slowDown(measured: 0, retryAfter: nil, reason: "429", at: start)
        }
        #expect(throttle.rate(at: start) == 0.1)
        #expect(slow.rate(at: start) == 0.01)
    }
}

/// Numbers that look random and are the same at each run.
private struct Sequence {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15
    }

    mutating func next(_ range: ClosedRange<UInt64>) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + (state >> 33) % (range.upperBound - range.lowerBound + 1)
    }
}
