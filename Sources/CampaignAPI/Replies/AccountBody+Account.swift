import APITypes
import Campaigns
import JobQueue

extension AccountBody {
    /// The account as it stands at `now`.
    init(_ overview: AccountOverview, now: Timestamp) {
        let account = overview.account
        self.init(
            name: account.name,
            baseURL: account.baseURL,
            userId: account.userID,
            ratePerSecond: account.ratePerSecond,
            maxConcurrent: account.maxConcurrent,
            jobs: Dictionary(
                uniqueKeysWithValues: overview.jobs.map { ($0.key.rawValue, $0.value) }
            )
        )
        let gate = account.gate
        if let pausedAt = gate.pausedAt {
            state = "paused"
            reason = gate.pauseReason
            since = pausedAt.description
        } else if gate.isBroken {
            state = "down"
            reason = gate.failure
            since = gate.failingSince?.description
            retryAt = gate.probeAt?.description
        } else if let until = gate.throttledUntil, until > now {
            state = "throttled"
            reason = "the server asked for it"
            retryAt = until.description
        }
    }

    /// What an operator should look at; nil while all is well.
    var warning: String? {
        switch state {
        case "paused":
            "account \(name) is paused (\(reason ?? "")): campaignctl accounts resume \(name)"
        case "down":
            "account \(name): the server is not there (\(reason ?? "")); nothing is spent, it is "
                + "probed by itself"
        default: nil
        }
    }
}

extension RemoteBody {
    /// What is known of a campaign at its server.
    init(_ remote: RemoteCampaign) {
        let mirror = remote.mirror
        let instant = { (milliseconds: Int64) in Timestamp(milliseconds: milliseconds).description }
        self.init(
            campaignId: remote.remoteID,
            name: remote.name,
            status: mirror?.status,
            counts: (mirror?.counts ?? []).reduce(into: [:]) {
                $0[$1.status, default: 0] += $1.count
            },
            seenAt: mirror.map { instant($0.seenAt) },
            changedAt: mirror.map { instant($0.changedAt) },
            asked: remote.intent?.step.rawValue,
            standing: remote.intent?.standing.rawValue,
            duplicates: remote.duplicates
        )
    }
}

extension ExchangeBody {
    /// The exchange as a job's story shows it.
    init(_ exchange: RemoteExchange) {
        self.init(
            request: exchange.request,
            askedAt: exchange.askedAt.description,
            answeredAt: exchange.answeredAt.description,
            status: exchange.status,
            excerpt: exchange.excerpt
        )
    }
}
