import JobQueue

/// What a throttle holds back.
package enum ThrottleScope: Sendable, Hashable {
    /// All that the daemon carries, on every channel.
    case global
    /// All that the transport carries.
    case transport
    /// One sender's messages.
    case sender(String)
    /// One campaign's messages on the transport's channel, by the campaign's short number.
    case campaign(Int64)
}

/// The throttles of one transport: its own, each sender's, and that of each campaign with a rate.
///
/// Empty while nothing limits and no provider has asked for less: then a claim costs nothing more.
struct Pace {
    private var limits: PaceLimits
    private(set) var throttles: [ThrottleScope: Throttle] = [:]
    /// Throttles that changed other than by a claim and have yet to be kept.
    private var unkept: Set<ThrottleScope> = []

    init(_ limits: PaceLimits) {
        self.limits = limits
    }

    /// Takes over what the last daemon kept.
    mutating func restore(_ kept: [ThrottleScope: Throttle], at now: Timestamp) {
        for (scope, throttle) in kept {
            var throttle = throttle
            switch scope {
            case .transport: throttle.limit = limits.transport
            case .sender: throttle.limit = limits.sender
            case .global, .campaign: break
            }
            throttles[scope] = throttle
        }
        if throttles[.transport] == nil, let limit = limits.transport {
            throttles[.transport] = Throttle(limit: limit, now: now)
        }
        tidy(at: now)
    }

    /// Has a throttle for each that these campaigns need; a full bucket of others is forgotten.
    mutating func follow(_ campaigns: [SendingCampaign], at now: Timestamp) {
        var needed: [ThrottleScope: RateLimit] = [:]
        for campaign in campaigns {
            if let limit = limits.sender { needed[.sender(campaign.sender)] = limit }
            // A rate that was taken back holds nothing any more.
            throttles[.campaign(campaign.seq)]?.limit = campaign.rate
            if let limit = campaign.rate { needed[.campaign(campaign.seq)] = limit }
        }
        throttles = throttles.filter { scope, throttle in
            scope == .transport || needed[scope] != nil || !throttle.isFull(at: now)
        }
        for (scope, limit) in needed {
            throttles[scope, default: Throttle(limit: limit, now: now)].limit = limit
        }
    }

    /// Has other rates hold from here on; what is owed stays owed.
    mutating func change(to limits: PaceLimits, for campaigns: [SendingCampaign], at now: Timestamp)
    {
        self.limits = limits
        restore(throttles, at: now)
        if throttles[.transport]?.isOpen(at: now) ?? false { throttles[.transport] = nil }
        unkept.insert(.transport)
        follow(campaigns, at: now)
    }

    // MARK: Asking

    /// The throttles that hold a campaign's messages back.
    func scopes(of campaign: SendingCampaign) -> [ThrottleScope] {
        guard !throttles.isEmpty else { return [] }
        return [.transport, .sender(campaign.sender), .campaign(campaign.seq)]
            .filter { throttles[$0] != nil }
    }

    /// How many of a campaign's messages may go now.
    func available(to campaign: SendingCampaign, at now: Timestamp) -> Int {
        scopes(of: campaign).compactMap { throttles[$0]?.available(at: now) }.min() ?? .max
    }

    /// How many messages of any campaign may go now.
    func available(at now: Timestamp) -> Int {
        throttles[.transport]?.available(at: now) ?? .max
    }

    /// When a campaign's next message may go, as far as throttles say; not after `now`: at once.
    func next(of campaign: SendingCampaign, at now: Timestamp) -> Timestamp {
        scopes(of: campaign).compactMap { throttles[$0]?.next(at: now) }.max() ?? now
    }

    // MARK: Changing

    /// Takes tokens for messages of a campaign that were claimed.
    mutating func take(_ tokens: Int, of campaign: SendingCampaign, at now: Timestamp) {
        for scope in scopes(of: campaign) { throttles[scope]?.take(tokens, at: now) }
    }

    /// Slows the transport down because its provider asked for it.
    mutating func slowDown(
        measured: Double,
        retryAfter: Duration?,
        reason: String,
        at now: Timestamp
    ) {
        throttles[.transport, default: Throttle(limit: limits.transport, now: now)].slowDown(
            measured: measured,
            retryAfter: retryAfter,
            reason: reason,
            at: now
        )
        unkept.insert(.transport)
    }

    /// Forgets a cut that the transport has climbed back from.
    mutating func tidy(at now: Timestamp) {
        guard let cut = throttles[.transport]?.cut, cut.rate(at: now) == nil else { return }
        throttles[.transport]?.tidy(at: now)
        unkept.insert(.transport)
        if limits.transport == nil { throttles[.transport] = nil }
    }

    // MARK: Keeping

    /// The throttles an exchange takes from, and those that have to be kept anyway.
    mutating func handOver(for quotas: [MessageQuota]) -> [ThrottleScope: Throttle?] {
        let scopes = unkept.union(quotas.flatMap(\.throttles))
        unkept = []
        return Dictionary(uniqueKeysWithValues: scopes.map { ($0, throttles[$0]) })
    }

    /// Has what an exchange did not commit kept by the next one.
    mutating func keepAgain(_ scopes: some Sequence<ThrottleScope>) {
        unkept.formUnion(scopes)
    }
}
