import JobQueue
import TestSupport
import Testing

@Suite("Backoff", .timeLimit(.minutes(10)))
struct BackoffTests {
    private let backoff = Backoff(first: .seconds(5), maximum: .seconds(3_600))

    @Test(
        "the delay doubles from half of the first to the maximum",
        arguments: [
            (1, 2_500), (2, 5_000), (3, 10_000), (10, 1_280_000), (11, 1_800_000),
            (1_000, 1_800_000),
        ]
    )
    func doubling(failures: Int, milliseconds: Int) {
        let delay = backoff.delay(afterFailures: failures, retryAfter: nil, random: 0)
        #expect(delay == .milliseconds(milliseconds))
    }

    @Test("jitter fills the upper half and never leaves it")
    func jitter() {
        let random = SeededRandom(seed: 7)
        for failures in 1...40 {
            let floor = backoff.delay(afterFailures: failures, retryAfter: nil, random: 0)
            let delays = (0..<200).map { _ in
                backoff.delay(afterFailures: failures, retryAfter: nil, random: random.next())
            }
            #expect(delays.allSatisfy { $0 >= floor && $0 < floor * 2 && $0 <= .seconds(3_600) })
            #expect(Set(delays).count > 100, "delays are spread")
        }
    }

    @Test("a Retry-After is never shortened, and spread by at most a tenth")
    func retryAfter() {
        let asked = Duration.seconds(600)
        let random = SeededRandom(seed: 8)
        for failures in 1...5 {
            let delay = backoff.delay(
                afterFailures: failures,
                retryAfter: asked,
                random: random.next()
            )
            #expect(delay >= asked && delay < asked * 1.1)
        }
    }

    @Test("a Retry-After shorter than the backoff does not shorten the backoff")
    func shortRetryAfter() {
        let delay = backoff.delay(afterFailures: 10, retryAfter: .seconds(1), random: 0)
        #expect(delay == .milliseconds(1_280_000))
    }

    @Test("a Retry-After longer than 30 days, however absurd, counts as 30 days")
    func absurdRetryAfter() {
        let delay = backoff.delay(
            afterFailures: 1,
            retryAfter: .seconds(Int64.max),
            random: 0
        )
        #expect(delay == .seconds(30 * 86_400))
    }
}
