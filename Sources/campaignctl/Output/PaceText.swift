import APITypes
import JobQueue

/// Rates, throttles and estimates as people read them.
enum PaceText {
    /// `12.5/s`, `0.5/s`.
    static func rate(_ perSecond: Double) -> String {
        let thousandths = Int64((perSecond * 1_000).rounded())
        let digits = thousandths < 10_000 ? 3 : thousandths < 100_000 ? 1 : 0
        var fraction = String(1_000 + thousandths % 1_000).dropFirst().prefix(digits)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = DisplayText.count(thousandths / 1_000)
        return fraction.isEmpty ? "\(whole)/s" : "\(whole).\(fraction)/s"
    }

    /// `transport 25/s of 50/s (429 slow down), next in 3 s`.
    static func throttle(_ throttle: ThrottleBody, to now: Timestamp) -> String {
        let scope = throttle.scope == "global" ? "all channels" : throttle.scope
        var text = throttle.sender.map { "sender \($0)" } ?? scope
        text += " " + rate(throttle.perSecond)
        if let limit = throttle.limit, limit != throttle.perSecond { text += " of \(rate(limit))" }
        if let reason = throttle.reason { text += " (\(reason))" }
        if let next = throttle.nextAt { text += ", next \(TimeText.relative(next, to: now))" }
        return DisplayText.printable(text)
    }

    /// How fast a campaign goes on a channel, and what holds it back.
    static func pace(_ pace: PaceBody, to now: Timestamp) -> String {
        let throttles = pace.throttles.map { throttle($0, to: now) }
        return (["\(pace.channel) \(rate(pace.perSecond))"] + throttles).joined(separator: "; ")
    }

    /// When a campaign is done on a channel; nil where nothing is open.
    static func end(_ pace: PaceBody, to now: Timestamp) -> String? {
        func when(_ instant: String) -> String {
            "\(TimeText.absolute(instant)) UTC (\(TimeText.relative(instant, to: now)))"
        }
        let why = pace.reason.map { ": \(DisplayText.printable($0))" } ?? ""
        switch (pace.earliest, pace.latest) {
        case (let earliest?, let latest?):
            return "\(pace.channel) between \(when(earliest)) and \(when(latest))"
        case (let earliest?, nil):
            return "\(pace.channel) not before \(when(earliest))\(why)"
        case (nil, _):
            return pace.reason == nil ? nil : "\(pace.channel) unknown\(why)"
        }
    }
}
