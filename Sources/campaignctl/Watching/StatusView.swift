import APITypes
import Campaigns
import JobQueue

/// The lines of a live status: how fast it goes, then what `status` shows.
struct StatusView {
    /// What left on each channel, over the last seconds.
    private var meters: [String: ProgressMeter] = [:]

    mutating func lines(of report: StatusReport, now: Timestamp) -> [String] {
        let status = report.status
        for (channel, counts) in status.messages ?? [:] {
            let done = MessageState.taken.reduce(0) { $0 + (counts[$1.rawValue] ?? 0) }
            meters[channel, default: ProgressMeter(unit: .things("messages"))]
                .update(done: done, total: nil, at: now.milliseconds)
        }
        return [TimeText.absolute(now) + " UTC", ""] + rates(status).lines(width: nil)
            + waits(status, now) + [""] + report.lines
    }

    private func rates(_ status: StatusBody) -> Table {
        var table = Table([
            .text("channel"), .number("a second"), .number("to go"), .number("in flight"),
            .number("done"), .number("failed"), .number("in doubt"),
        ])
        for (channel, counts) in (status.messages ?? [:]).sorted(by: { $0.key < $1.key }) {
            func count(_ states: MessageState...) -> String {
                DisplayText.count(states.reduce(0) { $0 + (counts[$1.rawValue] ?? 0) })
            }
            let rate = meters[channel]?.rate ?? 0
            table.add([
                channel, DisplayText.count(Int64(rate.rounded())), count(.ready, .deferred),
                count(.inflight), count(.sent, .delivered), count(.failed, .bounced),
                count(.unknown),
            ])
        }
        return table
    }

    private func waits(_ status: StatusBody, _ now: Timestamp) -> [String] {
        (status.oldestAvailable ?? [:]).sorted { $0.key < $1.key }.map { kind, since in
            "oldest \(kind) job waits for a worker since \(TimeText.relative(since, to: now))"
        }
    }
}

extension MessageState {
    /// The states of messages that a transport has taken, or has refused for good.
    fileprivate static let taken: [MessageState] = [.sent, .delivered, .failed, .bounced, .unknown]
}
