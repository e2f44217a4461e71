import Dispatch
import JobQueue
import Logging

extension Dispatcher {
    /// Reads which campaigns are sending; lanes that stay are looked at anew.
    func reload() {
        needsReload = false
        do {
            let campaigns = try store.sendingCampaigns(on: channel)
            let old = lanes
            lanes = [:]
            for campaign in campaigns {
                var lane = try old[campaign.seq] ?? DispatchLane(campaign)
                lane.nextDue = Timestamp(milliseconds: 0)
                lane.hasSuspects = true
                lanes[campaign.seq] = lane
            }
            storeFailures = 0
            giveBackWaiting { lanes[$0.campaign] == nil }
        } catch {
            needsReload = true
            noteStoreFailure("reading the sending campaigns", error)
        }
    }

    /// What to claim now: as much as there are credits, shared fairly, a suspect on its own.
    func quotas() -> [MessageQuota] {
        let now = clock.now
        let room = breaker.limit(credits - inflight, now: now)
        guard room > 0 else { return [] }
        let ready = lanes.filter { $0.value.isReady(now) }
        let shares = fairness.share(room, among: ready.mapValues(\.weight))
        var suspectLane =
            isSuspectOut(now)
            ? nil
            : lanes.values.filter(\.hasSuspects).min {
                $0.campaign.seq < $1.campaign.seq
            }?.campaign.seq
        if breaker.state == .open, !shares.isEmpty { suspectLane = nil }
        var quotas = shares.map { campaign, limit in
            MessageQuota(
                campaign: campaign,
                limit: campaign == suspectLane ? max(0, limit - 1) : limit,
                takesSuspect: campaign == suspectLane
            )
        }
        if let suspectLane, shares[suspectLane] == nil {
            quotas.append(MessageQuota(campaign: suspectLane, limit: 0, takesSuspect: true))
        }
        return quotas.sorted { $0.campaign < $1.campaign }
    }

    private func isSuspectOut(_ now: Timestamp) -> Bool {
        suspectSince.map { now < $0 + Self.suspectTime } ?? false
    }

    /// Records outcomes and claims in one transaction; one exchange at a time.
    func exchange(_ quotas: [MessageQuota]) {
        isExchanging = true
        let handed = ended
        ended = []
        breaker.beginProbe(quotas)
        store.dispatch(
            DispatchExchange(channel: channel, ended: handed, claims: quotas, now: clock.now)
        ) { [self] result in
            queue.async { self.finish(result, handed: handed) }
        }
    }

    private func finish(_ result: Result<DispatchBatch, StoreError>, handed: [EndedMessage]) {
        isExchanging = false
        switch result {
        case .success(let batch):
            if storeFailures > 0 { logger.notice("the store works again") }
            storeFailures = 0
            inflight += batch.messages.count - handed.count
            for id in batch.lost {
                logger.error(
                    "a message's claim was lost; its outcome was dropped",
                    metadata: ["id": "\(id)"]
                )
            }
            take(batch)
            handed.forEach(noteCommitted)
            pump()
        case .failure(let error):
            ended = handed + ended
            breaker.forgetProbe()
            noteStoreFailure("recording outcomes", error)
        }
    }

    /// Keeps what could not be done and tries again later; told once, not at each attempt.
    private func noteStoreFailure(_ what: String, _ error: any Error) {
        storeFailures += 1
        if storeFailures == 1 {
            logger.error("\(what) failed; trying again: \(error)")
        }
        armRetry()
    }

    private func take(_ batch: DispatchBatch) {
        for (campaign, report) in batch.lanes {
            guard report.isSending else {
                lanes[campaign] = nil
                continue
            }
            lanes[campaign]?.nextDue = report.nextDue
            lanes[campaign]?.hasSuspects = report.hasSuspects
        }
        if batch.messages.isEmpty { breaker.forgetProbe() }
        if batch.messages.contains(where: \.isSuspect) { suspectSince = clock.now }
        waiting += batch.messages
        if isStopping { giveBackWaiting { _ in true } }
        sendWaiting()
    }
}

extension Breaker {
    /// A claim made while the breaker is open is its probe.
    fileprivate mutating func beginProbe(_ quotas: [MessageQuota]) {
        if !quotas.isEmpty { beginProbe() }
    }
}
