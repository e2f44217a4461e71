import Campaigns
import JobQueue

/// Puts right what a process that died left behind: one write, before anything else is done.
///
/// Only one process holds the file, so every job still running and every message still in flight
/// is an orphan; no lease has to run out. One whose daemon ended in an orderly way, but not in time
/// for it, is given back like the others and bears no crash.
struct Recovery {
    private var ledger: JobLedger
    private let bootID: String
    private let isRestored: Bool
    /// Nil where nobody died.
    private(set) var report: RecoveryReport?

    /// - Parameter isRestored: whether the file was restored: then no daemon died, and what looks
    ///   like it is a daemon at work when the copy was made.
    init(_ ledger: JobLedger, bootID: String, isRestored: Bool = false) {
        self.ledger = ledger
        self.bootID = bootID
        self.isRestored = isRestored
    }

    mutating func run() throws {
        let died = try ledger.transaction.all(JobSQL.openEpochs) { $0.int64(0) }
        let isRepeated = try died.last.map(diedBefore) ?? false
        if !died.isEmpty, !isRestored { report = RecoveryReport() }
        for epoch in died {
            try ledger.transaction.run(
                JobSQL.endEpoch,
                ledger.now,
                isRestored ? EpochEnding.clean : .unclean,
                epoch
            )
        }
        let suspects = isRestored ? [] : Set(died)
        try recoverJobs(died: suspects, isRepeated: isRepeated)
        try recoverMessages(died: suspects)
        try ledger.settle()
    }

    /// Whether another epoch of this boot died within the last ten minutes.
    private func diedBefore(epoch: Int64) throws -> Bool {
        let last = try ledger.transaction.first(JobSQL.lastUncleanBefore, epoch) { row in
            (bootID: row.text(0), endedAt: row.timestamp(1))
        }
        guard let last else { return false }
        return last.bootID == bootID && ledger.now - last.endedAt <= Self.crashWindow
    }

    // MARK: Jobs

    private mutating func recoverJobs(died: Set<Int64>, isRepeated: Bool) throws {
        let running = try ledger.transaction.all(JobSQL.runningJobs, row: LanedJob.init)
        for found in running {
            if died.contains(found.job.epoch ?? 0) { report?.jobs += 1 }
            if found.job.isCancelRequested {
                let record = AttemptRecord(.cancelled)
                try ledger.move(found, JobChange(to: .cancelled), record: record)
            } else if !died.contains(found.job.epoch ?? 0) {
                try giveBack(found, .interrupted, "the daemon stopped before it ended")
            } else if try isCarriedByDispatcher(found.job) {
                try giveBack(found, .crashed, Self.deathText)
            } else if found.job.crashes + 1 >= Landing.crashLimit {
                try discard(found)
            } else {
                try giveBack(
                    found,
                    .crashed,
                    Self.deathText,
                    crashes: found.job.crashes + 1,
                    isOnProbation: isRepeated
                )
            }
        }
    }

    /// A send job that began is no suspect: its messages are, each by itself.
    private func isCarriedByDispatcher(_ job: Job) throws -> Bool {
        guard job.kind == .send, let id = job.campaignID else { return false }
        return try ledger.transaction.campaignRow(id, owner: nil)?.status == .sending
    }

    private mutating func giveBack(
        _ found: LanedJob,
        _ outcome: AttemptOutcome,
        _ text: String,
        crashes: Int? = nil,
        isOnProbation: Bool = false
    ) throws {
        var change = JobChange(to: .available)
        change.attempt = found.job.attempt - 1
        change.crashes = crashes
        change.isOnProbation = isOnProbation
        let record = AttemptRecord(outcome, text + "; the attempt was given back")
        try ledger.move(found, change, record: record)
    }

    private mutating func discard(_ found: LanedJob) throws {
        let failure = JobFailure(
            .crashLoop,
            "the daemon died \(found.job.crashes + 1) times while this job ran; look at its "
                + "campaign, then retry it with `campaignctl jobs retry \(found.job.id)`"
        )
        var change = JobChange(to: .discarded)
        change.crashes = found.job.crashes + 1
        change.error = failure
        try ledger.move(found, change, record: AttemptRecord(.crashed, failure: failure))
        try ledger.followDiscard(of: found.job)
    }

    // MARK: Messages

    private mutating func recoverMessages(died: Set<Int64>) throws {
        let rules = try ledger.transaction.doubtRules()
        let inflight = try ledger.transaction.all(CampaignSQL.inflight) { row in
            (id: row.int64(0), channel: Channel(stored: row.text(1)), epoch: row.int64(2))
        }
        var tally = MessageTally()
        var arrivals = Arrivals()
        for message in inflight {
            guard let facts = try ledger.transaction.flightFacts(message.id) else { continue }
            let seq = MessageID.campaign(of: message.id)
            var landing = Landing(facts)
            let isKnown = try ledger.transaction.keptReceipt(message.id)?.receipt != nil
            let found = rules[message.channel] ?? .unknown
            let rule = isKnown ? found.holding : found
            let ending = "while it was in flight (epoch \(message.epoch))"
            if died.contains(message.epoch) {
                landing.crash(rule, now: ledger.now, evidence: "the daemon died \(ending)")
            } else {
                landing.doubt(rule, now: ledger.now, evidence: "the daemon stopped \(ending)")
            }
            if landing.state.isOpen, try isCancelled(seq) { landing.state = .cancelled }
            guard
                try ledger.transaction.land(
                    landing,
                    message.id,
                    by: ledger,
                    epoch: message.epoch
                )
            else { continue }
            if died.contains(message.epoch) { report?.messages[landing.state, default: 0] += 1 }
            tally.move(
                campaign: seq,
                channel: message.channel,
                from: .inflight,
                to: landing.state
            )
            if landing.state == .unknown { try arrivals.applyKept(message.id, by: ledger) }
        }
        try tally.settle(ledger.transaction)
        try arrivals.settle(&ledger)
        for seq in tally.campaigns.sorted() { try ledger.settleCampaign(seq) }
    }

    private func isCancelled(_ seq: Int64) throws -> Bool {
        let status = try ledger.transaction.first(CampaignSQL.status, seq) { row in
            CampaignStatus(stored: row.text(0))
        }
        return status == .cancelled
    }

    private static let deathText = "the daemon died"
    /// Two deaths within this time put the jobs that ran on probation (DESIGN section 5).
    private static let crashWindow: Duration = .seconds(600)
}
