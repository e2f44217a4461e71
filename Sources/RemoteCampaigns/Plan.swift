import Campaigns
import JobQueue

/// What is to be done next for one campaign at its server: a pure function of what is known.
///
/// The rules, call by call, are in `docs/remote.md`.
struct Plan: Sendable {
    let step: CampaignStep
    let content: CampaignContent
    let policy: AccountPolicy
    /// The campaign's own status here.
    let status: CampaignStatus
    /// When this attempt began: nothing read before it counts.
    let takenAt: Timestamp
    var remote: RemoteCampaign
    /// The newest reading; nil before the first of this attempt.
    var sighting: Sighting?
    let now: Timestamp

    /// The next thing to do, with what is then known.
    enum Move: Sendable, Equatable {
        /// Read the server's list, from no earlier than the time given.
        case read(notBefore: Timestamp)
        /// Make the intent durable, and the step's write.
        case ask(RemoteCampaign)
        case end(RemoteEnding, RemoteCampaign)
    }

    func next() -> Move {
        switch step {
        case .create: create()
        case .build: build()
        case .send: send()
        }
    }

    /// Readings after the settle window that must agree that there was no effect.
    static let missesToConclude = 2
    /// How long a write that the server accepted may stay without visible effect.
    static let patience: Duration = .seconds(900)
    /// How long a campaign is followed without any change.
    static let followPatience: Duration = .seconds(7 * 86_400)
    /// How far a server's clock may lag behind ours.
    static let clockSkew: Duration = .seconds(3_600)
}

// MARK: Create

extension Plan {
    private func create() -> Move {
        if remote.remoteID != nil { return .end(.completed, remote) }
        guard let intent = remote.intent else { return firstCreate() }
        guard let sighting, sighting.startedAt >= intent.since else {
            return .read(notBefore: max(intent.since, takenAt))
        }
        let found = candidates(in: sighting, since: intent.askedAt)
        if sighting.isComplete, let oldest = found.first { return adopt(oldest, of: found) }
        return switch intent.standing {
        case .refused: sighting.isComplete ? refused(intent) : wait(for: policy.poll.first)
        case .asked, .doubtful: repeatOrWait(intent) { .ask($0) }
        case .accepted, .confirmed:
            waitForAccepted(intent, "the server said it created the campaign, but does not list it")
        }
    }

    private func firstCreate() -> Move {
        guard remote.marker == nil else { return .ask(remote) }
        // Without a marker, what is there already must not be taken for what is about to be made.
        guard let sighting, sighting.isComplete, sighting.startedAt >= takenAt else {
            guard let sighting else { return .read(notBefore: takenAt) }
            return sighting.isComplete
                ? .read(notBefore: takenAt) : wait(for: policy.poll.first)
        }
        var remote = remote
        remote.knownBefore = sighting.entries.filter { content.differences(from: $0).isEmpty }
            .map(\.id)
        return .ask(remote)
    }

    /// The server's campaigns that came of this create, the oldest first.
    private func candidates(in sighting: Sighting, since askedAt: Timestamp) -> [RemoteEntry] {
        let found = sighting.entries.filter { entry in
            if remote.marker != nil { return content.isMeant(by: entry) }
            let isYoung = entry.createdAt.map { $0 >= askedAt - Self.clockSkew } ?? true
            return isYoung && !remote.knownBefore.contains(entry.id)
                && content.differences(from: entry).isEmpty
        }
        return found.sorted {
            ($0.createdAt?.milliseconds ?? .max, $0.id) < (
                $1.createdAt?.milliseconds ?? .max, $1.id
            )
        }
    }

    private func adopt(_ entry: RemoteEntry, of found: [RemoteEntry]) -> Move {
        var remote = remote
        let differences = content.differences(from: entry)
        guard differences.isEmpty else {
            remote.intent = nil
            let text =
                "the server's campaign \(entry.id) bears this campaign's marker but differs in "
                + "\(differences.joined(separator: ", ")): it is not built"
            return .end(.discarded(JobFailure(.permanent, text)), remote)
        }
        remote.remoteID = entry.id
        remote.duplicates = found.dropFirst().map(\.id)
        remote.intent = nil
        remote.see(entry, at: now)
        return .end(.completed, remote)
    }
}

// MARK: Build

extension Plan {
    private func build() -> Move {
        located { entry, stage, plan in
            let remote = plan.remote
            if stage.isBuilt || remote.intent?.standing == .confirmed {
                return plan.completed()
            }
            if stage.end != nil { return plan.endedEarly() }
            guard let intent = remote.intent else {
                return stage.present == .building
                    ? plan.wait(for: policy.poll.first) : .ask(remote)
            }
            if intent.standing == .refused { return plan.refused(intent) }
            if intent.isDoubtful, stage.present == .draft {
                return plan.repeatOrWait(intent) { .ask($0) }
            }
            let text = "the server shows \(entry.status) and no sign of a build"
            return plan.waitForAccepted(intent, text)
        }
    }

    private func completed() -> Move {
        var remote = remote
        remote.intent = nil
        return .end(.completed, remote)
    }
}

// MARK: Send

extension Plan {
    private func send() -> Move {
        located { entry, stage, plan in
            let remote = plan.remote
            if status == .sending || stage.isSending || remote.intent?.standing == .confirmed {
                return plan.follow(stage)
            }
            if stage.end != nil { return plan.endedEarly() }
            guard let intent = remote.intent else { return .ask(remote) }
            if intent.standing == .refused { return plan.refused(intent) }
            // A status that nobody knows, and that was not there before, came of what was asked.
            if stage.present == nil, entry.status != intent.statusBefore {
                return plan.follow(stage)
            }
            guard intent.isDoubtful else {
                let text = "the server shows \(entry.status) and no sign of sending"
                return plan.waitForAccepted(intent, text)
            }
            return plan.repeatOrWait(intent) { plan.ambiguousSend($0) }
        }
    }

    private func ambiguousSend(_ remote: RemoteCampaign) -> Move {
        switch policy.ambiguousSend {
        case .resend: return .ask(remote)
        case .hold:
            let shown = sighting?.inWords(of: remote.remoteID) ?? ""
            let text =
                "nobody can tell whether the server took the send (\(remote.intent?.reply ?? "")); "
                + "after the settle window it shows: \(shown). Look there, then `campaignctl jobs "
                + "resolve ID --sent` or `--resend`"
            return .end(.held(text), remote)
        }
    }

    /// Mirrors what the server shows until it is over.
    private func follow(_ stage: RemoteStage) -> Move {
        var remote = remote
        remote.intent = nil
        let mirror = remote.mirror
        let counts = mirror?.countsInWords ?? "no counts"
        if let end = stage.end {
            let reason = "the server ended it as \(end.rawValue): \(counts)"
            return switch end {
            case .sent: .end(.settled(.sent, reason: nil), remote)
            case .cancelled: .end(.settled(.cancelled, reason: reason), remote)
            default: .end(.settled(.partial, reason: reason), remote)
            }
        }
        if stage.present != .paused, mirror?.areMessagesSettled == true {
            return settleByCounts(remote)
        }
        if let mirror, now - Timestamp(milliseconds: mirror.changedAt) >= Self.followPatience {
            let reason = "followed for 7 days without a change: \(mirror.status), \(counts)"
            return .end(.settled(.partial, reason: reason), remote)
        }
        return .end(.following(until: now + pollDelay(remote.quietReadings)), remote)
    }

    private func settleByCounts(_ remote: RemoteCampaign) -> Move {
        let unknown = (remote.mirror?.counts ?? []).filter { $0.status.uppercased() == "UNKNOWN" }
            .reduce(0) { $0 + $1.count }
        return unknown > 0
            ? .end(.settled(.partial, reason: "\(unknown) unknown at the server"), remote)
            : .end(.settled(.sent, reason: nil), remote)
    }
}

// MARK: What the steps share

extension Plan {
    /// Finds the campaign in a reading that is new enough, or says what to do about its absence.
    ///
    /// `decide` is given the plan with what the entry shows noted.
    private func located(_ decide: (RemoteEntry, RemoteStage, Plan) -> Move) -> Move {
        guard let id = remote.remoteID else {
            let text = "the campaign was never created at the server"
            return .end(.discarded(JobFailure(.permanent, text)), remote)
        }
        let since = max(remote.intent?.since ?? takenAt, takenAt)
        guard let sighting, sighting.startedAt >= since else { return .read(notBefore: since) }
        guard let entry = sighting.entry(id) else { return absent(id, sighting) }
        var plan = self
        plan.remote.see(entry, at: now)
        let stage = RemoteStage(status: entry.status, log: entry.log, aliases: policy.statuses)
        return decide(entry, stage, plan)
    }

    private func absent(_ id: String, _ sighting: Sighting) -> Move {
        var remote = remote
        remote.quietReadings += 1
        if status == .sending {
            return .end(.following(until: now + pollDelay(remote.quietReadings)), remote)
        }
        guard sighting.isComplete, remote.quietReadings > Self.missesToConclude else {
            return .end(.snoozed(until: now + policy.poll.first), remote)
        }
        remote.quietReadings = 0
        let text = "the server does not list campaign \(id) any more"
        return .end(.retry(at: now, JobFailure(.transient, text)), remote)
    }

    /// The server lists it as failed or called off before it was sent.
    private func endedEarly() -> Move {
        var remote = remote
        remote.intent = nil
        let text = "the server shows the campaign as \(remote.mirror?.status ?? "ended")"
        return .end(.discarded(JobFailure(.permanent, text)), remote)
    }

    /// A refusal stands once a reading after it shows no effect either.
    private func refused(_ intent: RemoteIntent) -> Move {
        var remote = remote
        remote.intent = nil
        let text = "the server refused to \(intent.step.rawValue) it: \(intent.reply ?? "")"
        return .end(.discarded(JobFailure(.permanent, text)), remote)
    }

    /// Waits out the settle window, reads repeatedly, and only then resolves the doubt.
    private func repeatOrWait(_ intent: RemoteIntent, resolve: (RemoteCampaign) -> Move) -> Move {
        let settled = intent.since + policy.settle
        guard let sighting, sighting.startedAt >= settled else {
            return .end(.snoozed(until: max(settled, now)), remote)
        }
        guard sighting.isComplete || sighting.entry(remote.remoteID ?? "") != nil else {
            return wait(for: policy.poll.first)
        }
        var plan = self
        plan.remote.intent?.misses += 1
        guard intent.misses + 1 >= Self.missesToConclude else {
            return plan.wait(for: policy.poll.first)
        }
        return resolve(plan.remote)
    }

    /// The server said it did it: its effect is waited for, and never asked for again.
    private func waitForAccepted(_ intent: RemoteIntent, _ trouble: String) -> Move {
        let age = now - intent.since
        guard age < Self.patience else {
            let text =
                "\(trouble), \(age.wholeMilliseconds / 60_000) minutes after it was asked. Look "
                + "there, then `campaignctl jobs resolve ID --sent` or `--resend`"
            return .end(.held(text), remote)
        }
        // As long again as it has taken: soon at first, and ever less often.
        return wait(for: min(max(age, policy.poll.first / 5), policy.poll.maximum))
    }

    private func wait(for span: Duration) -> Move {
        .end(.snoozed(until: now + span), remote)
    }

    private func pollDelay(_ quiet: Int) -> Duration {
        policy.poll.delay(afterFailures: quiet + 1, retryAfter: nil, random: 1)
    }
}

extension RemoteIntent {
    /// Whether nobody can tell by itself if it happened.
    var isDoubtful: Bool { standing == .asked || standing == .doubtful }
}

extension RemoteCampaign {
    /// Mirrors an entry seen at `now`; counts how often nothing was new.
    fileprivate mutating func see(_ entry: RemoteEntry, at now: Timestamp) {
        var seen = RemoteMirror(
            status: entry.status,
            counts: entry.counts,
            lists: entry.lists,
            at: now
        )
        let isSame = mirror.map {
            $0.status == seen.status && $0.counts == seen.counts && $0.lists == seen.lists
        }
        if isSame == true, let mirror { seen.changedAt = mirror.changedAt }
        quietReadings = isSame == true ? quietReadings + 1 : 0
        mirror = seen
    }
}
