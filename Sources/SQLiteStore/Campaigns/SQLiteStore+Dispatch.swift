package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func configureTransports(_ transports: [TransportRecord]) throws(StoreError) {
        try write("transports") { transaction in
            for transport in transports {
                try transaction.run(
                    CampaignSQL.setTransport,
                    transport.channel,
                    transport.kind,
                    transport.inDoubt,
                    transport.canBeAsked
                )
                if !transport.canBeAsked {
                    try transaction.run(InquirySQL.forget, transport.channel)
                }
            }
            try transaction.run(PaceSQL.forgetEnded)
        }
    }

    package func sendingCampaigns(on channel: Channel) throws(StoreError) -> [SendingCampaign] {
        try read("sending campaigns") { snapshot in
            try snapshot.all(CampaignSQL.sending, channel) { row in
                SendingCampaign(
                    seq: row.int64(0),
                    id: row.text(1),
                    priority: row.int(2),
                    channel: channel,
                    sender: row.text(3),
                    content: TemplateContent(row, from: 4),
                    rate: row.doubleOrNil(7).map { RateLimit(perSecond: $0) }
                )
            }
        }
    }

    package func beginSend(_ claim: JobClaim, now: Timestamp) throws(StoreError) {
        try writeJobs("begin send", now: now) { ledger in
            let campaign = try ledger.claimedCampaign(
                claim,
                in: [.build, .sending, .sent, .partial]
            )
            switch campaign.status {
            case .build:
                try ledger.transaction.run(CampaignSQL.setTransports, campaign.seq)
                try ledger.setStatus(of: campaign, to: .sending)
            case .sending:
                ledger.announce(campaign, .sending)
            default:
                // Its last message was settled before this job was claimed again after a restart.
                try ledger.finish(claim, .send, of: campaign, startedAt: now)
            }
            try ledger.settleCampaign(campaign.seq)
        }
    }

    package func dispatch(
        _ exchange: DispatchExchange,
        completion: @escaping @Sendable (Result<DispatchBatch, StoreError>) -> Void
    ) {
        submit("dispatch") { [self] transaction in
            var flights = Flights(
                JobLedger(transaction, store: self, now: exchange.now),
                exchange
            )
            return try flights.run()
        } completion: {
            completion($0)
        }
    }
}

/// The messages of one dispatcher's exchange: ends flights, then claims.
private struct Flights {
    private var ledger: JobLedger
    private let exchange: DispatchExchange
    private var tally = MessageTally()
    private var campaigns: [Int64: CampaignRow] = [:]
    private var rule: DoubtRule?
    /// Reports that came before the answers they belong to.
    private var arrivals = Arrivals()
    /// Campaigns of which a claim found messages to suppressed addresses.
    private var skipped: Set<Int64> = []
    private var throttles: [ThrottleScope: Throttle?]
    /// What the clocks of the recipients allow, by zone.
    private var verdicts: [String?: QuietHours.Verdict] = [:]

    init(_ ledger: JobLedger, _ exchange: DispatchExchange) {
        self.ledger = ledger
        self.exchange = exchange
        throttles = exchange.throttles
    }

    private var channel: Channel { exchange.channel }

    private var transaction: Transaction { ledger.transaction }

    mutating func run() throws -> DispatchBatch {
        var lost: [Int64] = []
        for ended in exchange.ended where !(try end(ended)) { lost.append(ended.id) }
        try settleEnded()
        var batch = DispatchBatch(messages: [], lanes: [:], lost: lost)
        try findGlobalThrottle()
        // Without room nothing is claimed; the lanes look again when there is some.
        let isLow = ledger.store.space.isLow
        for quota in exchange.claims {
            if isLow {
                batch.lanes[quota.campaign] = LaneReport(
                    isSending: true,
                    nextDue: nil,
                    hasSuspects: false
                )
                continue
            }
            batch.messages += try claim(quota)
            batch.lanes[quota.campaign] = try report(on: quota.campaign)
        }
        try transaction.keep(throttles, on: channel)
        batch.globalThrottle = throttles[.global] ?? nil
        try tally.settle(transaction)
        for campaign in skipped.sorted() { try ledger.settleCampaign(campaign) }
        try ledger.settle()
        return batch
    }

    // MARK: Ends

    /// Writes counters, then ends the campaigns whose last open message was settled.
    private mutating func settleEnded() throws {
        try tally.settle(transaction)
        let touched = tally.campaigns
        tally = MessageTally()
        try arrivals.settle(&ledger)
        for campaign in touched.sorted() { try ledger.settleCampaign(campaign) }
        campaigns = [:]
    }

    /// Writes one outcome; false where the message is no longer in flight under this epoch.
    private mutating func end(_ ended: EndedMessage) throws -> Bool {
        guard case .sent(let delivery) = ended.ending else { return try endOtherwise(ended) }
        let changes = try transaction.run(
            CampaignSQL.endSent,
            ledger.now,
            delivery.reply.cut(toBytes: Self.maximumReplyBytes),
            ended.id,
            ledger.store.epoch
        )
        guard changes == 1 else { return false }
        move(ended.id, to: .sent)
        if let providerID = delivery.providerID {
            try transaction.run(ReceiptSQL.keepID, ended.id, providerID)
            try arrivals.applyKept(ended.id, by: ledger)
            try arrivals.apply(delivery, of: ended.id, by: ledger)
        }
        return true
    }

    private mutating func endOtherwise(_ ended: EndedMessage) throws -> Bool {
        guard let facts = try transaction.flightFacts(ended.id) else { return false }
        var landing = Landing(facts)
        switch ended.ending {
        case .sent:
            preconditionFailure("sent messages are ended by end(_:)")
        case .deferred(let until, let reply):
            landing.defer(until: until, reply: reply)
        case .postponed(let until, let reply):
            landing.postpone(until: until, reply: reply)
        case .failed(let fault, let reply, _):
            landing.fail(fault, reply: reply)
        case .inDoubt(let evidence):
            // What the provider has reported on already is not sent again.
            let isKnown = try transaction.keptReceipt(ended.id)?.receipt != nil
            let rule = try doubtRule()
            landing.doubt(isKnown ? rule.holding : rule, now: ledger.now, evidence: evidence)
        case .givenBack:
            landing.giveBack()
        case .senderRefused(let reply):
            landing.giveBack(reply: reply)
            try pauseForSender(MessageID.campaign(of: ended.id), reply: reply)
        }
        try cancelIfCalledOff(&landing, campaign: MessageID.campaign(of: ended.id))
        guard try transaction.land(landing, ended.id, by: ledger) else { return false }
        if case .failed(_, let reply, let reason?) = ended.ending {
            try suppress(facts.recipient, reason, reply)
        }
        move(ended.id, to: landing.state, detail: landing.fault?.rawValue ?? "")
        if landing.state == .unknown { try arrivals.applyKept(ended.id, by: ledger) }
        return true
    }

    private mutating func move(_ id: Int64, to state: MessageState, detail: String = "") {
        tally.move(
            campaign: MessageID.campaign(of: id),
            channel: channel,
            from: .inflight,
            to: state,
            newDetail: detail
        )
    }

    /// A message that would wait again in a cancelled campaign is cancelled with it.
    private mutating func cancelIfCalledOff(_ landing: inout Landing, campaign: Int64) throws {
        guard landing.state.isOpen, try row(campaign)?.status == .cancelled else { return }
        landing.state = .cancelled
    }

    private mutating func pauseForSender(_ seq: Int64, reply: String) throws {
        guard let campaign = try row(seq), campaign.status == .sending else { return }
        let reason = "the server refused the sender: \(reply)"
        if let found = try ledger.unfinished(ofCampaign: campaign.id), found.job.state != .held {
            try ledger.hold(found, reason: reason)
        }
        try ledger.setStatus(of: campaign, to: .paused, reason: reason)
        campaigns[seq] = nil
    }

    /// Keeps everything else from a recipient whose provider refused a message for their sake.
    private func suppress(_ recipient: String, _ reason: SuppressionReason, _ reply: String) throws
    {
        _ = try transaction.suppress(
            Suppression(
                recipient: RecipientKey(channel: channel, stored: recipient),
                reason: reason,
                note: reply.cut(toBytes: Self.maximumReplyBytes),
                at: exchange.wall
            )
        )
    }

    private mutating func doubtRule() throws -> DoubtRule {
        if let rule { return rule }
        let found = try transaction.doubtRules()[channel] ?? .unknown
        rule = found
        return found
    }

    // MARK: Claims

    private mutating func claim(_ quota: MessageQuota) throws -> [ClaimedMessage] {
        guard try row(quota.campaign)?.status == .sending else { return [] }
        var messages: [ClaimedMessage] = []
        if quota.takesSuspect, tokens(for: quota) > 0, try mayTakeSuspect(of: quota.campaign) {
            messages += pay(quota, for: try claimSuspect(of: quota.campaign))
        }
        // Half at most goes to messages that waited, so that neither they nor the others starve.
        messages += try claim(.deferred, quota, limit: (quota.limit + 1) / 2)
        messages += try claim(.ready, quota, limit: quota.limit - messages.count)
        return messages
    }

    /// Which of a campaign's open messages to claim from.
    private enum Waiting {
        case ready
        /// Those whose own next attempt is due.
        case deferred
    }

    private mutating func claim(_ waiting: Waiting, _ quota: MessageQuota, limit: Int) throws
        -> [ClaimedMessage]
    {
        let due = waiting == .ready ? Timestamp(milliseconds: 0) : ledger.now
        let limit = try affordable(limit, quota, from: waiting == .ready ? 0 : 1, to: due)
        guard limit > 0 else { return [] }
        let rows = try transaction.all(
            waiting == .ready ? CampaignSQL.claimReady : CampaignSQL.claimDeferred,
            ledger.store.epoch,
            ledger.now,
            quota.campaign,
            channel,
            due,
            limit,
            row: ClaimedRow.init
        )
        return pay(quota, for: try taken(rows))
    }

    // MARK: Throttles

    /// Takes up the bucket of all channels where the last claim of any left it.
    private mutating func findGlobalThrottle() throws {
        guard let limit = exchange.globalLimit else { return }
        let kept = try transaction.globalThrottle()
        throttles[.global] = kept ?? Throttle(limit: limit, now: ledger.now)
        throttles[.global]??.limit = limit
    }

    /// What holds a campaign's messages back.
    private func scopes(_ quota: MessageQuota) -> [ThrottleScope] { [.global] + quota.throttles }

    /// Tokens there are for a campaign.
    private func tokens(for quota: MessageQuota) -> Int {
        scopes(quota).compactMap { throttles[$0]??.available(at: ledger.now) }.min() ?? .max
    }

    /// How many of the messages next in turn may go.
    ///
    /// There are tokens for them, one for each part of an SMS, and it is not quiet where they go.
    /// Those in between where it is quiet are put off.
    private mutating func affordable(
        _ limit: Int,
        _ quota: MessageQuota,
        from earliest: Int,
        to latest: Timestamp
    ) throws -> Int {
        let tokens = tokens(for: quota)
        let isWeighed = channel == .sms && tokens < .max
        let limit = min(limit, tokens)
        guard limit > 0, isWeighed || exchange.quietHours != nil else { return limit }
        var look = limit
        while true {
            let turn = try transaction.all(
                PaceSQL.nextInTurn,
                quota.campaign,
                channel,
                earliest,
                latest,
                look,
                row: Candidate.init
            )
            let (count, putOff) = try review(turn, limit: limit, tokens: isWeighed ? tokens : .max)
            guard putOff > 0, count < limit, look < Self.mostLookedAt else { return count }
            look = Self.mostLookedAt
        }
    }

    /// Counts the candidates that may go, up to the limit, and puts off those where it is quiet.
    private mutating func review(_ turn: [Candidate], limit: Int, tokens: Int) throws
        -> (count: Int, putOff: Int)
    {
        var (count, putOff, left) = (0, 0, tokens)
        for candidate in turn {
            if case .quiet(let end) = verdict(in: candidate.timezone) {
                try postpone(candidate, until: end)
                putOff += 1
                continue
            }
            // The last one may take more than are left: else a long SMS would wait for ever.
            guard count < limit, left > 0 else { break }
            count += 1
            left -= candidate.parts
        }
        return (count, putOff)
    }

    private mutating func pay(_ quota: MessageQuota, for messages: [ClaimedMessage])
        -> [ClaimedMessage]
    {
        let parts = messages.reduce(0) { $0 + $1.parts }
        for scope in scopes(quota) { throttles[scope]??.take(parts, at: ledger.now) }
        return messages
    }

    // MARK: Quiet hours

    /// What the clock in a zone allows now; nil where there are no quiet hours.
    private mutating func verdict(in timezone: String?) -> QuietHours.Verdict? {
        guard let quietHours = exchange.quietHours else { return nil }
        if let known = verdicts[timezone] { return known }
        let verdict = quietHours.verdict(in: timezone, at: exchange.wall)
        verdicts[timezone] = verdict
        return verdict
    }

    /// Whether it is not quiet where the next suspect goes; where it is, the suspect is put off.
    private mutating func mayTakeSuspect(of campaign: Int64) throws -> Bool {
        guard exchange.quietHours != nil else { return true }
        let suspect = try transaction.first(
            PaceSQL.nextSuspectInTurn,
            campaign,
            channel,
            ledger.now,
            row: Candidate.init
        )
        guard let suspect, case .quiet(let end) = verdict(in: suspect.timezone) else { return true }
        try postpone(suspect, until: end)
        return false
    }

    /// Has a message wait for the end of the quiet hours; nothing is spent.
    private mutating func postpone(_ candidate: Candidate, until end: Timestamp) throws {
        try transaction.run(
            PaceSQL.postpone,
            ledger.now + (end - exchange.wall),
            ledger.now,
            "quiet hours\(candidate.timezone.map { " in \($0)" } ?? "")",
            candidate.id
        )
        tally.move(
            campaign: MessageID.campaign(of: candidate.id),
            channel: channel,
            from: candidate.wasDeferred ? .deferred : .ready,
            to: .deferred
        )
    }

    private mutating func claimSuspect(of campaign: Int64) throws -> [ClaimedMessage] {
        try taken(
            transaction.all(
                CampaignSQL.claimSuspect,
                ledger.store.epoch,
                ledger.now,
                campaign,
                channel,
                row: ClaimedRow.init
            )
        )
    }

    private mutating func taken(_ rows: [ClaimedRow]) throws -> [ClaimedMessage] {
        for row in rows {
            if row.isSuppressed { try skip(row.message) }
            tally.move(
                campaign: row.message.campaign,
                channel: channel,
                from: row.wasDeferred ? .deferred : .ready,
                to: row.isSuppressed ? .skipped : .inflight
            )
        }
        return rows.filter { !$0.isSuppressed }.map { row in
            var message = row.message
            if case .open(let end) = verdict(in: row.timezone) { message.leavesBefore = end }
            return message
        }.sorted { $0.id < $1.id }
    }

    /// Settles a message whose address was suppressed since the build; no byte of it leaves.
    private mutating func skip(_ message: ClaimedMessage) throws {
        try transaction.run(
            CampaignSQL.skipSuppressed,
            ledger.now,
            "the address was suppressed after the build",
            message.id,
            ledger.store.epoch
        )
        skipped.insert(message.campaign)
    }

    private mutating func report(on campaign: Int64) throws -> LaneReport {
        let suspect =
            try transaction.first(CampaignSQL.nextSuspect, campaign, channel) {
                $0.timestampOrNil(0)
            } ?? nil
        let next = try transaction.first(CampaignSQL.nextDue, campaign, channel) {
            $0.timestamp(0)
        }
        let hasSuspects = suspect.map { $0 <= ledger.now } ?? false
        return LaneReport(
            isSending: try row(campaign)?.status == .sending,
            nextDue: hasSuspects ? next : [next, suspect].compactMap(\.self).min(),
            hasSuspects: hasSuspects
        )
    }

    private mutating func row(_ seq: Int64) throws -> CampaignRow? {
        if let known = campaigns[seq] { return known }
        let row = try transaction.first(CampaignSQL.campaignBySeq, seq, row: CampaignRow.init)
        campaigns[seq] = row
        return row
    }

    private static let maximumReplyBytes = 500
    /// Messages looked at, and put off, at once; what is left is looked at in the next exchange.
    private static let mostLookedAt = 1_000
}

/// An open message whose turn it would be.
private struct Candidate {
    var id: Int64
    var parts: Int
    var timezone: String?
    var wasDeferred: Bool

    /// Reads `PaceSQL.nextInTurn`.
    init(_ row: SQLRow) {
        id = row.int64(0)
        parts = row.int(1)
        timezone = row.textOrNil(2)
        wasDeferred = row.int64(3) > 0
    }
}

/// A claimed message with what its counters need.
private struct ClaimedRow {
    var message: ClaimedMessage
    var wasDeferred: Bool
    var timezone: String?
    var isSuppressed: Bool

    init(_ row: SQLRow) {
        let id = row.int64(0)
        message = ClaimedMessage(
            id: id,
            campaign: MessageID.campaign(of: id),
            recipient: row.text(1),
            variables: FlatJSON.decode(row.text(2)) ?? [:],
            attempts: row.int(3),
            firstAttemptAt: row.timestamp(4),
            isSuspect: row.bool(5),
            isInDoubt: row.bool(10),
            parts: row.int(7)
        )
        wasDeferred = row.int64(6) > 0
        timezone = row.textOrNil(8)
        isSuppressed = row.bool(9)
    }
}
