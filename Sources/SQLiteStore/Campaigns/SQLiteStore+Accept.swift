package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func accept(_ entries: [OrderEntry], now: Timestamp, wall: Timestamp)
        throws(StoreError) -> AcceptResult
    {
        do {
            return .accepted(
                try writer.perform("accept") { [self] transaction in
                    var acceptance = Acceptance(
                        JobLedger(transaction, store: self, now: now),
                        wall: wall
                    )
                    return try acceptance.accept(entries)
                }
            )
        } catch let refusal as Refusal {
            return refusal.result
        } catch {
            throw StoreError(error)
        }
    }

    package func advance(_ advance: CampaignAdvance, now: Timestamp) throws(StoreError)
        -> AcceptResult
    {
        try acceptOne("advance", now: now) { try $0.advance(advance) }
    }

    /// Makes one job in a write of its own; a refusal is a result, not an error.
    func acceptOne(
        _ label: StaticString,
        now: Timestamp,
        _ make: @escaping @Sendable (inout JobLedger) throws -> AcceptedJob
    ) throws(StoreError) -> AcceptResult {
        do {
            return .accepted(
                try writer.perform(label) { [self] transaction in
                    var ledger = JobLedger(transaction, store: self, now: now)
                    let job = try make(&ledger)
                    try ledger.settle()
                    return [job]
                }
            )
        } catch let refusal as Refusal {
            return refusal.result
        } catch {
            throw StoreError(error)
        }
    }

    package func keptAnswer(forKey key: String, owner: String?) throws(StoreError) -> KeptAnswer? {
        try read("key") { try $0.keptAnswer(forKey: key, owner: owner) }
    }

    package func keepAnswer(
        _ answer: KeptAnswer,
        forKey key: String,
        owner: String?,
        now: Timestamp
    ) throws(StoreError) -> KeptAnswer? {
        try write("keep answer") { transaction in
            try transaction.keep(answer, forKey: key, owner: owner, now: now)
        }
    }
}

extension Transaction {
    /// Stores an answer with the write that it tells of.
    func keep<Value>(_ keeping: AnswerKeeping<Value>?, of value: Value, now: Timestamp) throws {
        guard let keeping else { return }
        let answer = try keeping.answer(value)
        _ = try keep(answer, forKey: keeping.key, owner: keeping.owner, now: now)
    }

    /// Stores an answer; returns the one that was there before, which then stays.
    fileprivate func keep(
        _ answer: KeptAnswer,
        forKey key: String,
        owner: String?,
        now: Timestamp
    ) throws -> KeptAnswer? {
        if let kept = try keptAnswer(forKey: key, owner: owner) { return kept }
        try run(
            JobSQL.addKey,
            owner ?? "",
            key,
            answer.fingerprint,
            answer.jobID,
            nil as String?,
            answer.status,
            answer.body,
            now
        )
        return nil
    }
}

/// Thrown out of a write to have nothing of it stored, with what its caller is told.
struct Refusal: Error {
    var result: AcceptResult
}

/// Stores orders, all or none.
private struct Acceptance {
    private var ledger: JobLedger
    private var checker: OrderChecker<Transaction>
    private let wall: Timestamp

    init(_ ledger: JobLedger, wall: Timestamp) {
        self.ledger = ledger
        checker = OrderChecker(ledger.transaction)
        self.wall = wall
    }

    mutating func accept(_ entries: [OrderEntry]) throws -> [AcceptedJob] {
        var jobs: [AcceptedJob] = []
        jobs.reserveCapacity(entries.count)
        var faults: [EntryFault] = []
        for (index, entry) in entries.enumerated() {
            if let replayed = try ledger.replay(entry.key, owner: entry.userID, index: index) {
                jobs.append(replayed)
                continue
            }
            let found = try entryFaults(entry)
            faults += found.prefix(Self.maximumFaults - faults.count).map {
                EntryFault(index: index, fault: $0)
            }
            guard faults.isEmpty else {
                if faults.count == Self.maximumFaults { break }
                continue
            }
            jobs.append(AcceptedJob(job: try store(entry), isReplayed: false))
        }
        guard faults.isEmpty else { throw Refusal(result: .invalid(faults)) }
        try ledger.settle()
        return jobs
    }

    private mutating func entryFaults(_ entry: OrderEntry) throws -> [FieldFault] {
        // What a remote campaign names is at its server.
        var faults = entry.isLocal ? try checker.faults(in: entry.order.spec) : []
        if let date = entry.order.date, date < wall {
            faults.append(
                FieldFault("at", "\(date) has passed (it is \(wall)): nothing is sent by mistake")
            )
        }
        if entry.order.ratePerSecond != nil, !entry.isLocal {
            faults.append(FieldFault("ratePerSecond", Self.rateIsAway(entry.account)))
        }
        return faults
    }

    private static func rateIsAway(_ account: String) -> String {
        "is kept by this daemon; what the account \(account) carries goes as fast as its server sends"
    }

    private mutating func store(_ entry: OrderEntry) throws -> Job {
        try ledger.store.space.demandRoom()
        let campaign = try entry.replaces.map { try replaced($0, by: entry) } ?? added(entry)
        if let rate = entry.order.ratePerSecond {
            try ledger.transaction.run(PaceSQL.setRate, campaign.seq, rate)
        }
        let job = try ledger.insert(campaign.job(for: .create, maxAttempts: entry.maxAttempts))
        if let key = entry.key { try ledger.keep(key, of: job, owner: entry.userID) }
        return job
    }

    private mutating func added(_ entry: OrderEntry) throws -> CampaignRow {
        let order = entry.order
        let campaign = try ledger.addCampaign(
            order.spec,
            id: entry.campaignID,
            userID: entry.userID,
            account: entry.account,
            until: order.until,
            date: order.date,
            priority: order.priority
        )
        if entry.isLocal { try storeParts(of: order.spec, campaign: campaign.seq) }
        ledger.announce(campaign, campaign.status)
        return campaign
    }

    private mutating func replaced(_ id: ObjectID, by entry: OrderEntry) throws -> CampaignRow {
        let order = entry.order
        let campaign = try ledger.transaction.existingCampaign(
            id.description,
            owner: entry.userID
        )
        if let other = try ledger.unfinished(ofCampaign: campaign.id) {
            throw StoreError.unfinishedJob(other.job)
        }
        guard entry.isLocal, campaign.account == CampaignService.localAccount else {
            throw StoreError.conflict(
                "campaign \(id) is carried by the account \(campaign.account), whose server "
                    + "changes nothing that is created: create a new one"
            )
        }
        let changes = try ledger.transaction.run(
            CampaignSQL.replace,
            order.spec.name,
            order.spec.json,
            order.spec.channelBits,
            order.until,
            order.date,
            order.priority,
            ledger.now,
            campaign.seq
        )
        guard changes == 1 else {
            throw StoreError.conflict(
                "campaign \(id) is \(campaign.status.rawValue): only a DRAFT can be changed; "
                    + "create a new one"
            )
        }
        try ledger.transaction.run(CampaignSQL.removeLists, campaign.seq)
        try ledger.transaction.run(CampaignSQL.removeChannels, campaign.seq)
        try storeParts(of: order.spec, campaign: campaign.seq)
        return try ledger.transaction.existingCampaign(campaign.id, owner: nil)
    }

    private mutating func storeParts(of spec: CampaignSpec, campaign: Int64) throws {
        for (position, id) in spec.contactListIDs.enumerated() {
            guard let list = try checker.list(id) else { continue }
            try ledger.transaction.run(
                CampaignSQL.addList,
                campaign,
                position,
                list.seq,
                list.name,
                list.contacts
            )
        }
        for channel in spec.channels {
            guard let settings = spec.settings[channel] else { continue }
            try ledger.transaction.run(
                CampaignSQL.addChannel,
                campaign,
                channel,
                settings.sender,
                settings.templateID.description,
                settings.version
            )
        }
    }

    /// Faults reported at once for all entries together.
    private static let maximumFaults = 100
}

extension JobLedger {
    /// The next step of a campaign that rests, as asked.
    fileprivate mutating func advance(_ advance: CampaignAdvance) throws -> AcceptedJob {
        if let replayed = try replay(advance.key, owner: advance.owner, index: 0) {
            return replayed
        }
        let campaign = try transaction.existingCampaign(
            advance.campaignID,
            owner: advance.owner
        )
        try checkOrder(of: advance.step, campaign)
        try store.space.demandRoom()
        try transaction.run(
            CampaignSQL.setTarget,
            advance.step,
            advance.date,
            advance.priority ?? campaign.priority,
            now,
            campaign.seq
        )
        let updated = try transaction.existingCampaign(campaign.id, owner: nil)
        let job = try insert(updated.job(for: advance.step, maxAttempts: advance.maxAttempts))
        if let key = advance.key { try keep(key, of: job, owner: advance.owner) }
        return AcceptedJob(job: job, isReplayed: false)
    }

    /// Throws a conflict that says which call comes next, unless it is the step's turn.
    private func checkOrder(of step: CampaignStep, _ campaign: CampaignRow) throws {
        if let other = try unfinished(ofCampaign: campaign.id) {
            throw StoreError.unfinishedJob(other.job)
        }
        let hasTurn =
            switch step {
            case .create: false
            case .build: campaign.status == .draft
            case .send: campaign.status == .build
            }
        guard !hasTurn else { return }
        let next =
            switch campaign.status {
            case .draft: "build it next"
            case .build: "send it next"
            case .failed: "retry its job, or create a new campaign"
            case .partial: "retry or resolve its messages"
            case .building, .sending, .paused, .sent, .cancelled: "nothing is to be called"
            }
        throw StoreError.conflict(
            "campaign \(campaign.id) is \(campaign.status.rawValue), so it cannot "
                + "\(step.rawValue) now: \(next)"
        )
    }

    /// The job a key made, as it stands; throws where the key was used for another request.
    func replay(_ key: IdempotencyKey?, owner: String?, index: Int) throws
        -> AcceptedJob?
    {
        guard let key, let kept = try transaction.keptAnswer(forKey: key.key, owner: owner) else {
            return nil
        }
        guard kept.fingerprint == key.fingerprint, let id = kept.jobID, let found = try find(id)
        else { throw Refusal(result: .keyConflict(index: index)) }
        return AcceptedJob(job: found.job, isReplayed: true)
    }

    /// Keeps the key for whoever asked, who need not be the campaign's user.
    func keep(_ key: IdempotencyKey, of job: Job, owner: String?) throws {
        try transaction.run(
            JobSQL.addKey,
            owner ?? "",
            key.key,
            key.fingerprint,
            job.id,
            job.campaignID,
            nil as Int?,
            nil as String?,
            now
        )
    }
}

extension Queryable {
    fileprivate func keptAnswer(forKey key: String, owner: String?) throws -> KeptAnswer? {
        try first(JobSQL.key, owner ?? "", key) { row in
            KeptAnswer(
                fingerprint: row.text(0),
                jobID: row.int64OrNil(1),
                status: row.intOrNil(2),
                body: row.textOrNil(3)
            )
        }
    }
}

extension OrderEntry {
    fileprivate var isLocal: Bool { account == CampaignService.localAccount }
}

extension CampaignSpec {
    /// The chosen channels as bits, for the list's filter.
    var channelBits: Int { channels.reduce(0) { $0 | $1.bit } }
}
