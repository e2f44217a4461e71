import Glibc
import JobQueue

/// How many messages a second went lately.
///
/// Two means that forget exponentially, one fast and one slow: together they say how steady it is.
struct RateMeter {
    private var fast = DecayingRate(span: 10)
    private var slow = DecayingRate(span: 60)

    /// Notes messages that went.
    mutating func note(_ count: Int, at now: Timestamp) {
        fast.note(count, at: now)
        slow.note(count, at: now)
    }

    /// Messages a second over about the last minute; zero before the first.
    func perSecond(at now: Timestamp) -> Double { slow.perSecond(at: now) }

    /// The lower and the upper of both means; nil while nothing was measured for long enough.
    func range(at now: Timestamp) -> ClosedRange<Double>? {
        guard let age = slow.age(at: now), age >= Self.shortest else { return nil }
        let rates = [fast.perSecond(at: now), slow.perSecond(at: now)]
        guard let low = rates.min(), let high = rates.max(), low > 0 else { return nil }
        return low...high
    }

    /// Seconds before which a measure says nothing.
    private static let shortest = 2.0
}

/// A mean over about `span` seconds.
private struct DecayingRate {
    let span: Double
    private var sum = 0.0
    private var notedAt: Timestamp?
    private var since: Timestamp?

    init(span: Double) {
        self.span = span
    }

    mutating func note(_ count: Int, at now: Timestamp) {
        sum = decayed(at: now) + Double(count)
        since = since ?? now
        notedAt = now
    }

    func perSecond(at now: Timestamp) -> Double {
        guard let age = age(at: now) else { return 0 }
        // What a mean over `span` has seen of a steady rate of one, `age` seconds after its start.
        let seen = span * (1 - exp(-max(age, 1) / span))
        return decayed(at: now) / seen
    }

    /// Seconds since the first message.
    func age(at now: Timestamp) -> Double? { since.map { Self.seconds(from: $0, to: now) } }

    private func decayed(at now: Timestamp) -> Double {
        guard let notedAt else { return 0 }
        return sum * exp(-Self.seconds(from: notedAt, to: now) / span)
    }

    private static func seconds(from start: Timestamp, to end: Timestamp) -> Double {
        Double(max(0, end.milliseconds - start.milliseconds)) / 1_000
    }
}
