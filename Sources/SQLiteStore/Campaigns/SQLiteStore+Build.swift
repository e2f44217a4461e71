package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func finishCreate(_ claim: JobClaim, startedAt: Timestamp, now: Timestamp)
        throws(StoreError) -> [FieldFault]
    {
        try writeJobs("finish create", now: now) { ledger in
            let campaign = try ledger.claimedCampaign(claim, in: [.draft])
            var checker = OrderChecker(ledger.transaction)
            let faults = try checker.faults(in: try CampaignSpec(json: campaign.spec))
            guard faults.isEmpty else { return faults }
            try ledger.finish(claim, .create, of: campaign, startedAt: startedAt)
            return []
        }
    }

    package func beginBuild(_ claim: JobClaim, now: Timestamp) throws(StoreError) -> BuildStart {
        try writeJobs("begin build", now: now) { ledger in
            let campaign = try ledger.claimedCampaign(claim, in: [.draft, .building])
            let spec = try CampaignSpec(json: campaign.spec)
            // A build retried after it failed at its start is BUILDING with nothing pinned.
            if try !ledger.transaction.isPinned(campaign.seq) {
                var checker = OrderChecker(ledger.transaction)
                let faults = try checker.faults(in: spec)
                guard faults.isEmpty else { return .faults(faults) }
                try ledger.transaction.run(CampaignSQL.pinList, campaign.seq)
                try ledger.transaction.run(CampaignSQL.pinTemplate, campaign.seq)
            }
            if campaign.status == .draft { try ledger.setStatus(of: campaign, to: .building) }
            return .plan(try ledger.transaction.buildPlan(of: campaign, order: spec.channels))
        }
    }

    package func contacts(
        of list: BuildList,
        channel: Channel,
        after: ContactPosition,
        limit: Int
    ) throws(StoreError) -> [BuildContact] {
        let sql = channel == .email ? CampaignSQL.contactsByEmail : CampaignSQL.contactsByPhone
        return try read("contacts") { snapshot in
            try snapshot.all(
                sql,
                list.seq,
                after.key,
                after.contactID,
                list.revision,
                limit,
                channel,
                row: BuildContact.init
            )
        }
    }

    package func appendMessages(
        _ messages: [NewMessage],
        findings: [BuildFinding],
        cursor: BuildCursor,
        progress: JobProgress,
        claim: JobClaim,
        campaign: Int64,
        now: Timestamp,
        completion: @escaping @Sendable (Result<Void, StoreError>) -> Void
    ) {
        submit("build chunk") { [events, space] transaction in
            try space.demandRoom()
            // The claim stands only while the campaign is BUILDING: both end in one transaction.
            try transaction.recordProgress(progress, of: claim, events: events)
            try transaction.check(messages, followTheLastOf: campaign)
            var tally = MessageTally()
            for message in messages {
                try transaction.add(message, campaign: campaign, now: now)
                tally.add(message, campaign: campaign)
            }
            try tally.settle(transaction)
            try transaction.count(findings, campaign: campaign)
            try transaction.run(
                CampaignSQL.setCursor,
                campaign,
                cursor.channel,
                cursor.positions.stored,
                cursor.lastKey,
                cursor.number,
                cursor.digest
            )
        } completion: {
            completion($0)
        }
    }

    package func finishBuild(
        _ claim: JobClaim,
        campaign: Int64,
        digest: String,
        startedAt: Timestamp,
        now: Timestamp
    ) throws(StoreError) -> Int64 {
        try writeJobs("finish build", now: now) { ledger in
            let row = try ledger.claimedCampaign(claim, in: [.building])
            let built = try ledger.transaction.messageCounts(of: campaign)
                .filter { $0.state == .ready }.reduce(0) { $0 + $1.count }
            guard built > 0 else { return 0 }
            try ledger.transaction.run(CampaignSQL.setBuilt, digest, built, campaign)
            try ledger.transaction.run(CampaignSQL.removeCursor, campaign)
            try ledger.setStatus(of: row, to: .build)
            try ledger.finish(claim, .build, of: row, startedAt: startedAt)
            return built
        }
    }
}

extension JobLedger {
    /// The campaign of a claimed job; throws where the claim or the campaign's status moved on.
    func claimedCampaign(_ claim: JobClaim, in statuses: Set<CampaignStatus>) throws
        -> CampaignRow
    {
        guard let id = try claimed(claim).job.campaignID else {
            throw StoreError.notFound("campaign of job", String(claim.jobID))
        }
        let campaign = try transaction.existingCampaign(id, owner: nil)
        guard statuses.contains(campaign.status) else {
            throw StoreError.conflict("campaign \(id) is \(campaign.status.rawValue)")
        }
        return campaign
    }
}

extension Transaction {
    fileprivate func isPinned(_ campaign: Int64) throws -> Bool {
        try first(CampaignSQL.pinned, campaign) { _ in true } ?? false
    }

    /// Throws unless a chunk's messages follow the last one stored: the chunk before may have failed.
    fileprivate func check(_ messages: [NewMessage], followTheLastOf campaign: Int64) throws {
        let last = try first(CampaignSQL.lastNumber, campaign) { $0.int64(0) } ?? 0
        guard messages.first?.number == last + 1 else {
            throw StoreError.conflict("the last message stored is \(last): build on from there")
        }
    }

    /// What was pinned, and where an earlier attempt stopped.
    fileprivate func buildPlan(of campaign: CampaignRow, order: [Channel]) throws -> BuildPlan {
        let channels = try all(
            CampaignSQL.pinnedChannels,
            campaign.seq,
            row: BuildChannel.init
        )
        let lists = try all(CampaignSQL.pinnedLists, campaign.seq, row: BuildList.init)
        let sorted = order.compactMap { name in channels.first { $0.channel == name } }
        guard let first = sorted.first else {
            throw StoreError.corrupt("campaign \(campaign.id) has lost its channels")
        }
        let cursor = try self.first(CampaignSQL.cursor, campaign.seq) { row in
            BuildCursor(
                channel: Channel(stored: row.text(0)),
                positions: [ContactPosition](stored: row.text(1)),
                lastKey: row.text(2),
                number: row.int64(3),
                digest: row.text(4)
            )
        }
        return BuildPlan(
            campaign: campaign.seq,
            campaignID: campaign.id,
            channels: sorted,
            lists: lists,
            cursor: cursor
                ?? BuildCursor(
                    channel: first.channel,
                    positions: Array(repeating: .start, count: lists.count),
                    lastKey: "",
                    number: 0,
                    digest: ""
                )
        )
    }

    func add(_ message: NewMessage, campaign: Int64, now: Timestamp) throws {
        try run(
            CampaignSQL.addMessage,
            MessageID.make(campaign: campaign, number: message.number),
            campaign,
            message.channel,
            message.recipient,
            FlatJSON.encode(message.variables),
            message.timezone,
            message.parts,
            message.exclusion == nil ? MessageState.ready : .skipped,
            message.exclusion,
            now,
            message.note
        )
    }
}

extension TemplateContent {
    /// Reads subject, text and HTML from three columns.
    init(_ row: SQLRow, from column: Int) {
        self.init(
            subject: row.textOrNil(column),
            text: row.text(column + 1),
            html: row.textOrNil(column + 2)
        )
    }
}

extension BuildChannel {
    /// Reads `CampaignSQL.pinnedChannels`.
    init(_ row: SQLRow) {
        self.init(
            channel: Channel(stored: row.text(0)),
            sender: row.text(1),
            templateID: row.text(2),
            version: row.int(3),
            content: TemplateContent(row, from: 4)
        )
    }
}

extension BuildList {
    /// Reads `CampaignSQL.pinnedLists`.
    init(_ row: SQLRow) {
        self.init(
            seq: row.int64(0),
            channel: row.textOrNil(1).map(Channel.init(stored:)),
            revision: row.int64(2),
            contacts: row.int64(3)
        )
    }
}

extension BuildContact {
    /// Reads `CampaignSQL.contactsByEmail` and its twin.
    fileprivate init(_ row: SQLRow) {
        self.init(
            position: ContactPosition(key: row.text(1), contactID: row.int64(0)),
            address: row.text(2),
            email: row.text(3),
            phone: row.text(4),
            timezone: row.textOrNil(5),
            variables: FlatJSON.decode(row.text(6)) ?? [:],
            isSuppressed: row.bool(7)
        )
    }
}

extension [ContactPosition] {
    /// One line for each list: the contact's id, a space, its key (keys hold no line break).
    fileprivate var stored: String {
        map { "\($0.contactID) \($0.key)" }.joined(separator: "\n")
    }

    fileprivate init(stored text: String) {
        self = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            return ContactPosition(
                key: parts.count > 1 ? String(parts[1]) : "",
                contactID: parts.first.flatMap { Int64($0) } ?? 0
            )
        }
    }
}
