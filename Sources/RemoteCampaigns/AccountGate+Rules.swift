import Campaigns
import JobQueue

/// When requests of an account may leave.
extension AccountGate {
    /// Until when nothing may leave because of the server; nil where only the rate counts.
    func blockedUntil(_ now: Timestamp) -> Timestamp? {
        let ends = [throttledUntil, isBroken ? probeAt : nil].compactMap { $0 }.filter { $0 > now }
        return ends.max()
    }

    /// Takes the right to one request at `now`; the next may leave an interval of the rate later.
    ///
    /// A twentieth of the rate is not used: the server counts arrivals, and those are less even.
    mutating func take(at now: Timestamp, ratePerSecond: Double) {
        let interval = Int64((1_050 / ratePerSecond).rounded(.up))
        let start = max(nextRequestAt ?? now, now)
        nextRequestAt = Timestamp(milliseconds: start.milliseconds + interval)
    }

    /// Notes what a reply says of the server; returns whether that is news to an operator.
    mutating func note(
        _ health: Verdict.Health,
        at now: Timestamp,
        probe: Backoff,
        random: Double
    ) -> Bool {
        switch health {
        case .good:
            defer { (failures, failure, failingSince, probeAt) = (0, nil, nil, nil) }
            return isBroken
        case .down(let reason):
            let isNews = !isBroken
            failure = reason
            // What was under way when it opened fails with it, and says nothing new.
            if let probeAt, isBroken, probeAt > now { return false }
            failures += 1
            failingSince = failingSince ?? now
            probeAt =
                now + probe.delay(afterFailures: failures, retryAfter: nil, random: random)
            return isNews
        case .throttled(let span):
            throttledUntil = max(throttledUntil ?? now, now + span)
            return true
        case .signedOut(let reason):
            pausedAt = now
            pauseReason = reason
            return true
        case .stopping, .unclear: return false
        }
    }
}
