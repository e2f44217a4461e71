import JobQueue
import TestSupport
import Testing

@testable import Campaigns

@Suite("The rate of all channels", .timeLimit(.minutes(10)))
struct GlobalPaceTests {
    private let now = Timestamp(milliseconds: 1_750_000_000_000)

    /// How a claim of so many tokens leaves a bucket that was full.
    private func throttle(_ limit: RateLimit, without taken: Int) -> Throttle {
        var throttle = Throttle(limit: limit, now: now)
        throttle.take(taken, at: now)
        return throttle
    }

    @Test("without a limit everybody gets what they want, and nothing is shown")
    func unlimited() {
        let pace = GlobalPace()
        #expect(pace.ask(500, for: .email, at: now) == 500)
        #expect(pace.next(at: now) == now)
        #expect(pace.status(at: now) == nil)
    }

    @Test("what one channel asked for is given to no other before its claim is over")
    func reserved() {
        let limit = RateLimit(perSecond: 1, burst: 10)
        let pace = GlobalPace(limit)
        #expect(pace.ask(8, for: .email, at: now) == 8)
        #expect(pace.ask(8, for: .sms, at: now) == 2)
        #expect(pace.ask(8, for: .voice, at: now) == 0)
        // Of the eight only one was there to be claimed.
        pace.settle(.email, left: throttle(limit, without: 1))
        #expect(pace.ask(8, for: .voice, at: now) == 7)
        pace.settle(.voice, left: nil)
        #expect(pace.ask(8, for: .email, at: now) == 7, "a claim that failed took nothing")
    }

    @Test("channels that wait take turns, one token for each, in the order of their coming")
    func turns() {
        let limit = RateLimit(perSecond: 1)
        let pace = GlobalPace(limit)
        #expect(pace.ask(9, for: .email, at: now) == 1)
        pace.settle(.email, left: throttle(limit, without: 1))
        #expect(pace.ask(9, for: .voice, at: now) == 0)
        #expect(pace.ask(9, for: .email, at: now) == 0)
        #expect(pace.ask(9, for: .sms, at: now) == 0)
        let later = pace.next(at: now)
        #expect(later == now + .seconds(1))

        #expect(pace.ask(9, for: .email, at: later) == 0, "a call is before it")
        #expect(pace.ask(9, for: .sms, at: later) == 0)
        #expect(pace.ask(9, for: .voice, at: later) == 1)
        #expect(pace.ask(9, for: .email, at: later + .seconds(1)) == 0, "its claim is not over")
        pace.settle(.voice, left: throttle(limit, without: 1))
        #expect(pace.ask(9, for: .email, at: later + .seconds(1)) == 1)
    }

    @Test("where there is more than a token for each that waits, one leaves others their part")
    func parts() {
        let limit = RateLimit(perSecond: 10)
        let pace = GlobalPace(limit)
        #expect(pace.ask(99, for: .email, at: now) == 10)
        pace.settle(.email, left: throttle(limit, without: 10))
        #expect(pace.ask(99, for: .sms, at: now) == 0)
        #expect(pace.ask(99, for: .voice, at: now) == 0)
        #expect(pace.ask(99, for: .sms, at: now + .seconds(1)) == 5)
        #expect(pace.ask(99, for: .voice, at: now + .seconds(1)) == 5)
    }

    @Test("who waits is woken when another channel's claim is over, or wants nothing any more")
    func waking() {
        let limit = RateLimit(perSecond: 1)
        let pace = GlobalPace(limit)
        let woken = Recorder<Channel>()
        for channel in Channel.allCases { pace.join(channel) { woken.append(channel) } }
        #expect(pace.ask(1, for: .email, at: now) == 1)
        #expect(pace.ask(1, for: .sms, at: now) == 0)
        #expect(pace.ask(1, for: .voice, at: now) == 0)
        pace.settle(.email, left: throttle(limit, without: 1))
        #expect(woken.elements == [.sms, .voice])
        pace.withdraw(.sms)
        #expect(woken.elements == [.sms, .voice, .voice])
        pace.withdraw(.sms)
        #expect(woken.elements.count == 3, "it waited no more")
        #expect(pace.ask(1, for: .voice, at: now + .seconds(1)) == 1)
    }

    @Test("another rate holds for what is asked next, and wakes whoever waits")
    func change() {
        let pace = GlobalPace(RateLimit(perSecond: 0.5))
        let woken = Recorder<Channel>()
        pace.join(.email) { woken.append(.email) }
        #expect(pace.ask(1, for: .email, at: now) == 1)
        pace.settle(.email, left: throttle(RateLimit(perSecond: 0.5), without: 1))
        #expect(pace.ask(1, for: .email, at: now) == 0)
        pace.change(to: RateLimit(perSecond: 4))
        #expect(pace.next(at: now) == now + .milliseconds(250))
        #expect(pace.status(at: now)?.limit == 4)
        pace.change(to: nil)
        #expect(pace.ask(7, for: .email, at: now) == 7)
        #expect(woken.elements == [.email, .email])
    }
}
