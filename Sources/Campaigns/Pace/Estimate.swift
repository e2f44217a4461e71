package import JobQueue

/// When the last of a campaign's messages on a channel will have left, as far as can be told.
package struct Estimate: Sendable, Equatable {
    /// Not before this; nil: unknown.
    package private(set) var earliest: Timestamp?
    /// About at this at the latest, if all goes on as it does; nil: unknown.
    package private(set) var latest: Timestamp?
    /// Why an end is unknown.
    package private(set) var reason: String?

    /// Estimates from what is open and how fast it goes; nil where nothing is open.
    ///
    /// - Parameters:
    ///   - lastDue: when the last of the open messages may be tried; nil: all may now.
    ///   - pace: nil where the campaign is not being served.
    package init?(open: Int64, lastDue: Timestamp?, pace: LanePace?, now: Timestamp) {
        guard open > 0 else { return nil }
        guard let pace else {
            reason = "nothing serves the campaign now"
            return
        }
        if let absence = pace.absence {
            reason = "the transport takes nothing: \(absence)"
            return
        }
        let allowed = pace.throttles.map(\.perSecond).min()
        let lastDue = lastDue.map { max($0, now) } ?? now
        if let next = pace.nextDue, next > now {
            let soonest = allowed.map { next + Self.span(of: open, at: $0) } ?? next
            earliest = max(lastDue, soonest)
            reason = "its messages wait for their time"
        } else if let measured = pace.measured {
            let high = min(measured.upperBound, allowed ?? .infinity)
            let low = min(measured.lowerBound, high)
            earliest = max(lastDue, now + Self.span(of: open, at: high))
            latest = lastDue + Self.span(of: open, at: low)
        } else {
            earliest = allowed.map { max(lastDue, now + Self.span(of: open, at: $0)) }
            reason = "too little was sent to tell"
        }
    }

    private static func span(of messages: Int64, at rate: Double) -> Duration {
        .milliseconds(Int64(min(Double(messages) / rate * 1_000, longest)))
    }

    /// Ten years, in milliseconds.
    private static let longest = 315_360_000_000.0
}
