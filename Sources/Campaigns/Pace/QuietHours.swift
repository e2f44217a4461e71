package import JobQueue

/// The hours of a recipient's day in which no message leaves.
///
/// Local time decides: what the clock on the recipient's wall shows at that instant. So when clocks
/// go back over the end of the quiet hours, the hour that comes twice is quiet twice.
package struct QuietHours: Sendable {
    /// Seconds after local midnight: quiet from the first up to, and without, the second.
    private let from: Int64
    private let to: Int64
    /// Of recipients whose contact names no zone that the machine knows.
    private let zone: ZoneRules
    private let zones: ZoneCatalog

    /// Makes quiet hours; nil if the machine does not know `zone`, or if there are none.
    ///
    /// - Parameters:
    ///   - from: minutes after local midnight; `to` may lie before it, on the next day.
    ///   - zone: the IANA name of the zone of recipients whose contact names none.
    package init?(from: Int, to: Int, zone: String, zones: ZoneCatalog = ZoneCatalog()) {
        guard from != to, let rules = zones.rules(of: zone) else { return nil }
        self.from = Int64(from) * 60
        self.to = Int64(to) * 60
        self.zone = rules
        self.zones = zones
    }

    /// What a recipient's clock allows.
    package enum Verdict: Sendable, Equatable {
        /// A message may leave before this date.
        case open(until: Timestamp)
        /// None may before this date.
        case quiet(until: Timestamp)
    }

    /// What the clock in a zone allows at a date on the wall clock.
    package func verdict(in timezone: String?, at wall: Timestamp) -> Verdict {
        let rules = timezone.flatMap(zones.rules) ?? zone
        let now = wall.milliseconds.flooredDivision(by: 1_000)
        return isQuiet(now, rules)
            ? .quiet(until: Self.date(next(now, to, rules, whileQuiet: true)))
            : .open(until: Self.date(next(now, from, rules, whileQuiet: false)))
    }

    /// The first second at which it is quiet no more, or not yet; it comes when the local clock
    /// shows `edge`, or when the clock is set across it.
    private func next(_ now: Int64, _ edge: Int64, _ rules: ZoneRules, whileQuiet: Bool) -> Int64 {
        var instant = now
        for _ in 0..<Self.maximumChanges {
            guard isQuiet(instant, rules) == whileQuiet else { return instant }
            let period = rules.period(at: instant)
            let reached =
                instant + (edge - Self.timeOfDay(instant, period)).flooredRemainder(by: 86_400)
            guard let end = period.end, end <= reached else { return reached }
            instant = end
        }
        return instant
    }

    private func isQuiet(_ instant: Int64, _ rules: ZoneRules) -> Bool {
        let time = Self.timeOfDay(instant, rules.period(at: instant))
        return from < to ? (from..<to).contains(time) : time >= from || time < to
    }

    private static func timeOfDay(_ instant: Int64, _ period: ZoneRules.Period) -> Int64 {
        (instant + period.offset).flooredRemainder(by: 86_400)
    }

    private static func date(_ second: Int64) -> Timestamp {
        Timestamp(milliseconds: second * 1_000)
    }

    /// Changes of the clock looked at within one day; more than two were never made.
    private static let maximumChanges = 8
}
