package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func throttles(on channel: Channel) throws(StoreError) -> [ThrottleScope: Throttle] {
        try read("throttles") { snapshot in
            var throttles: [ThrottleScope: Throttle] = [:]
            try snapshot.query(PaceSQL.throttles, channel.rawValue) { row in
                guard let scope = ThrottleScope(scope: row.text(0), name: row.text(1)) else {
                    return
                }
                throttles[scope] = Throttle(row)
            }
            return throttles
        }
    }

    package func setRate(
        _ perSecond: Double?,
        ofCampaign id: String,
        owner: String?,
        now: Timestamp
    ) throws(StoreError) {
        try writeJobs("rate", now: now) { ledger in
            let campaign = try ledger.transaction.existingCampaign(id, owner: owner)
            guard campaign.status != .cancelled else {
                throw StoreError.conflict("campaign \(id) is CANCELLED: nothing more of it is sent")
            }
            guard campaign.account == CampaignService.localAccount else {
                throw StoreError.conflict(
                    "campaign \(id) is carried by the account \(campaign.account): its server sends "
                        + "as fast as it does"
                )
            }
            if let perSecond {
                try ledger.transaction.run(PaceSQL.setRate, campaign.seq, perSecond)
            } else {
                try ledger.transaction.run(PaceSQL.removeRate, campaign.seq)
            }
            ledger.announce(campaign, campaign.status)
        }
    }

    package func rate(ofCampaign id: String) throws(StoreError) -> Double? {
        try read("rate") { snapshot in
            let campaign = try snapshot.existingCampaign(id, owner: nil)
            return try snapshot.first(PaceSQL.rate, campaign.seq) { $0.double(0) }
        }
    }

    package func lastDue(ofCampaign id: String) throws(StoreError) -> [Channel: Timestamp] {
        try read("last due") { snapshot in
            let campaign = try snapshot.existingCampaign(id, owner: nil)
            var last: [Channel: Timestamp] = [:]
            for channel in Channel.allCases {
                last[channel] = try snapshot.first(PaceSQL.lastDue, campaign.seq, channel) {
                    $0.timestamp(0)
                }
            }
            return last
        }
    }
}

extension Transaction {
    /// The bucket of all channels as the last claim left it, without the limit of today.
    func globalThrottle() throws -> Throttle? {
        try first(PaceSQL.throttles, ThrottleScope.everyChannel, row: Throttle.init)
    }

    /// Writes throttles as an exchange leaves them.
    func keep(_ throttles: [ThrottleScope: Throttle?], on channel: Channel) throws {
        for (scope, throttle) in throttles {
            let channel = scope == .global ? ThrottleScope.everyChannel : channel.rawValue
            guard let throttle else {
                try run(PaceSQL.forget, channel, scope.word, scope.name)
                continue
            }
            try run(
                PaceSQL.keep,
                channel,
                scope.word,
                scope.name,
                throttle.level,
                throttle.filledAt,
                throttle.cut?.rate,
                throttle.cut?.since,
                throttle.cut?.ceiling,
                throttle.cut?.resumesAt,
                throttle.cut?.reason.cut(toBytes: 500)
            )
        }
    }
}

extension Throttle {
    /// Reads `PaceSQL.throttles`; the limit is not kept, it is configuration.
    fileprivate init(_ row: SQLRow) {
        let cut = row.doubleOrNil(4).map { rate in
            RateCut(
                rate: rate,
                since: row.timestamp(5),
                ceiling: row.double(6),
                resumesAt: row.timestampOrNil(7),
                reason: row.text(8)
            )
        }
        self.init(limit: nil, cut: cut, level: row.double(2), filledAt: row.timestamp(3))
    }
}

extension ThrottleScope {
    /// What stands for the channel of the one row that is of all of them.
    fileprivate static let everyChannel = ""

    /// Nil where the name is none that the scope can have.
    fileprivate init?(scope: String, name: String) {
        switch scope {
        case "transport": self = .transport
        case "sender": self = .sender(name)
        default:
            guard let seq = Int64(name) else { return nil }
            self = .campaign(seq)
        }
    }

    fileprivate var word: String {
        switch self {
        // It is that of every transport.
        case .global, .transport: "transport"
        case .sender: "sender"
        case .campaign: "campaign"
        }
    }

    fileprivate var name: String {
        switch self {
        case .global, .transport: ""
        case .sender(let sender): sender
        case .campaign(let seq): String(seq)
        }
    }
}
