import APITypes
import JobQueue

/// What an operator at three in the morning wants to know: what runs, what does not, what to do.
struct StatusReport {
    let status: StatusBody
    let now: Timestamp
    /// The newest campaigns of each status, and how many there are.
    let sending: CampaignPageBody
    let paused: CampaignPageBody
    let partial: CampaignPageBody

    var lines: [String] {
        facts + section("transports", transports) + section("sending", campaigns(sending))
            + section("needs you", needs.isEmpty ? ["nothing"] : needs)
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", title] + lines.map { "  " + $0 }
    }

    // MARK: Facts

    private var facts: [String] {
        var fields = FieldList()
        fields.add("daemon", daemon)
        fields.add("folder", status.dataDir)
        fields.add(
            "database",
            "\(DisplayText.bytes(status.database.bytes)), "
                + "log \(DisplayText.bytes(status.database.walBytes))"
                + (status.database.freeBytes.map { ", \(DisplayText.bytes($0)) free" } ?? "")
        )
        fields.add("jobs", jobs)
        fields.add(
            "campaigns",
            "\(sending.meta.count) sending, \(paused.meta.count) paused, "
                + "\(partial.meta.count) partial"
        )
        return fields.lines
    }

    private var daemon: String {
        guard status.daemon else { return "NOT RUNNING: nothing is built or sent" }
        var text = "running, version \(status.version)"
        if let pid = status.pid { text += ", process \(pid)" }
        if let start = status.startedAt.flatMap(Timestamp.init(rfc3339:)) {
            text += ", up " + TimeText.span(milliseconds: (now - start).wholeMilliseconds)
        }
        return text
    }

    private var jobs: String {
        let counts = JobState.allCases.filter { !$0.isFinal || $0 == .discarded }
            .compactMap { state -> String? in
                let count = status.jobs.values.reduce(0) { $0 + ($1[state.rawValue] ?? 0) }
                return count == 0 ? nil : "\(DisplayText.count(count)) \(state.rawValue)"
            }
        return counts.isEmpty ? "none open" : counts.joined(separator: ", ")
    }

    private var transports: [String] {
        guard !status.transports.isEmpty else { return [] }
        var table = Table([
            .text("channel"), .text("kind"), .text("breaker"), .text("in flight"),
            .text("in doubt"), .text("why"),
        ])
        for transport in status.transports {
            let isClosed = transport.state == "closed"
            table.add([
                transport.channel, transport.kind,
                isClosed ? transport.state : transport.state.uppercased(),
                "\(transport.inflight)/\(transport.maxConnections)", transport.inDoubt,
                isClosed ? nil : transport.reason,
            ])
        }
        return table.lines(width: nil) + throttles
    }

    private var throttles: [String] {
        let ofChannels = status.transports.flatMap { transport in
            (transport.throttles ?? []).map { throttle in
                "\(transport.channel): \(PaceText.throttle(throttle, to: now))"
            }
        }
        return [status.globalThrottle.map { PaceText.throttle($0, to: now) }].compactMap(\.self)
            + ofChannels
    }

    private func campaigns(_ page: CampaignPageBody) -> [String] {
        let named = page.result.map { campaign in
            DisplayText.printable(
                "\(campaign.campaignId)  \(campaign.name): \(campaign.stats.text)"
            )
        }
        let others = page.meta.count - Int64(named.count)
        return others > 0 ? named + ["and \(DisplayText.count(others)) more"] : named
    }

    // MARK: What needs somebody

    private var needs: [String] {
        var needs: [String] = []
        if !status.daemon {
            needs.append(
                "no daemon is running: systemctl start campaignd, "
                    + "or campaignd --data-dir \(status.dataDir)"
            )
        }
        needs += status.transports.filter { $0.state != "closed" }.map(need(of:))
        needs += status.pausedKinds.sorted().map { kind in
            "\(kind) jobs are paused: campaignctl resume \(kind)"
        }
        needs += jobNeeds
        needs += campaigns(paused).map { "paused: \($0)" }
        needs += campaigns(partial).map { "partial: \($0)" }
        if !partial.result.isEmpty || !paused.result.isEmpty {
            needs.append("each of these: campaignctl campaigns show ID")
        }
        return needs + status.warnings.map(DisplayText.printable)
    }

    private func need(of transport: TransportStatusBody) -> String {
        var text = "\(transport.channel) does not get through"
        if let since = transport.since { text += " since \(TimeText.relative(since, to: now))" }
        if let reason = transport.reason { text += ": \(reason)" }
        text +=
            "; nothing is lost, and it goes on by itself once the \(transport.kind) server answers"
        if let retryAt = transport.retryAt {
            text += " (next probe \(TimeText.relative(retryAt, to: now)))"
        }
        return DisplayText.printable(text)
    }

    private var jobNeeds: [String] {
        status.jobs.sorted { $0.key < $1.key }.flatMap { kind, states -> [String] in
            var needs: [String] = []
            if let held = states[JobState.held.rawValue], held > 0 {
                let count = DisplayText.count(held, "\(kind) job")
                needs.append("\(count) held: campaignctl jobs list --state held --kind \(kind)")
            }
            if let discarded = states[JobState.discarded.rawValue], discarded > 0 {
                let count = DisplayText.count(discarded, "\(kind) job")
                needs.append("\(count) given up: campaignctl jobs failed")
            }
            return needs
        }
    }
}
