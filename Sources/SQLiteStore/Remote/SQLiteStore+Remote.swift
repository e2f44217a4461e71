package import Campaigns
package import JobQueue

extension SQLiteStore: RemoteStore {
    package func remoteCampaign(_ id: String) throws(StoreError) -> RemoteCampaign? {
        try read("remote campaign") { try $0.remoteCampaign(id) }
    }

    package func boundIDs(among ids: [String], account: String, otherThan campaign: String)
        throws(StoreError) -> Set<String>
    {
        try read("bound ids") { snapshot in
            Set(
                try ids.filter { id in
                    try snapshot.first(RemoteSQL.bound, account, id, campaign) { _ in true }
                        ?? false
                }
            )
        }
    }

    package func intend(
        _ remote: RemoteCampaign,
        claim: JobClaim,
        evidence: RemoteExchange?,
        gate: AccountGate,
        now: Timestamp
    ) throws(StoreError) -> Bool {
        try writeJobs("remote intent", now: now) { ledger in
            let found = try ledger.claimed(claim)
            if remote.marker == nil, remote.intent?.step == .create {
                let other = try ledger.transaction.first(
                    RemoteSQL.creatingAlike,
                    remote.account,
                    remote.fingerprint,
                    remote.campaignID
                ) { $0.text(0) }
                guard other == nil else { return false }
            }
            try ledger.transaction.save(remote)
            if let evidence { try ledger.transaction.add(evidence) }
            try ledger.transaction.keep(gate, ofAccount: remote.account)
            // Durable progress: deaths are counted anew, and probation ends.
            try ledger.transaction.recordProgress(
                found.job.progress,
                of: claim,
                events: ledger.store.events
            )
            if remote.intent?.step == .build,
                let campaign = try ledger.transaction.campaignRow(remote.campaignID, owner: nil),
                campaign.status == .draft
            {
                try ledger.setStatus(of: campaign, to: .building)
            }
            return true
        }
    }

    package func record(_ remote: RemoteCampaign, _ exchange: RemoteExchange)
        throws(StoreError)
    {
        try write("remote reply") { transaction in
            try transaction.save(remote)
            try transaction.add(exchange)
        }
    }

    package func end(
        _ claim: JobClaim,
        _ ending: RemoteEnding,
        _ remote: RemoteCampaign,
        evidence: RemoteExchange?,
        now: Timestamp
    ) throws(StoreError) {
        try writeJobs("remote ending", now: now) { ledger in
            let found = try ledger.claimed(claim)
            try ledger.transaction.save(remote)
            if let evidence { try ledger.transaction.add(evidence) }
            try ledger.end(found, claim, ending, remote)
        }
    }

    package func exchanges(ofJob id: Int64) throws(StoreError) -> [RemoteExchange] {
        try read("evidence") { try $0.all(RemoteSQL.exchanges, id, row: RemoteExchange.init) }
    }
}

// MARK: Accounts

extension SQLiteStore {
    package func keepAccounts(_ accounts: [RemoteAccount]) throws(StoreError) {
        try write("accounts") { transaction in
            try transaction.run(RemoteSQL.unconfigureAccounts)
            for account in accounts {
                try transaction.run(
                    RemoteSQL.keepAccount,
                    account.name,
                    account.baseURL,
                    account.userID,
                    account.ratePerSecond,
                    account.maxConcurrent
                )
            }
        }
    }

    package func accounts() throws(StoreError) -> [AccountOverview] {
        try read("accounts") { snapshot in
            var jobs: [String: [JobState: Int64]] = [:]
            try snapshot.query(RemoteSQL.accountJobs) { row in
                jobs[row.text(0), default: [:]][JobState(stored: row.text(1))] = row.int64(2)
            }
            return try snapshot.all(RemoteSQL.accounts) { row in
                var account = RemoteAccount(
                    name: row.text(0),
                    baseURL: row.text(1),
                    userID: row.text(2),
                    ratePerSecond: row.double(3),
                    maxConcurrent: row.int(4)
                )
                account.gate = AccountGate(row, from: 5)
                return AccountOverview(account: account, jobs: jobs[account.name] ?? [:])
            }
        }
    }

    package func gate(ofAccount name: String) throws(StoreError) -> AccountGate {
        try read("gate") { snapshot in
            try snapshot.first(RemoteSQL.gate, name) { AccountGate($0, from: 0) }
        } ?? AccountGate()
    }

    package func keepGate(_ gate: AccountGate, ofAccount name: String) throws(StoreError) {
        try write("gate") { try $0.keep(gate, ofAccount: name) }
    }

    package func setAccountPaused(_ reason: String?, account: String, now: Timestamp)
        throws(StoreError)
    {
        try write("pause account") { [events] transaction in
            let changes = try transaction.run(
                RemoteSQL.setPaused,
                reason == nil ? nil : now,
                reason,
                account
            )
            guard changes == 1 else { throw StoreError.notFound("account", account) }
            transaction.afterCommit {
                events.publish(.lanesChanged)
                events.publish(.jobsReady)
            }
        }
    }
}
