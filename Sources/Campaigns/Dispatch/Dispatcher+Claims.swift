import Dispatch
import JobQueue
import Logging

extension Dispatcher {
    /// Reads which campaigns are sending; lanes that stay are looked at anew.
    func reload() {
        needsReload = false
        do {
            let campaigns = try store.sendingCampaigns(on: channel)
            if !isPaceRestored {
                pace.restore(try store.throttles(on: channel), at: clock.now)
                isPaceRestored = true
            }
            pace.follow(campaigns, at: clock.now)
            let old = lanes
            lanes = [:]
            for campaign in campaigns {
                var lane = try old[campaign.seq] ?? DispatchLane(campaign)
                lane.campaign.rate = campaign.rate
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
        pace.tidy(at: now)
        // What ended is committed by the same exchange, before it claims.
        let free = credits - inflight + ended.count
        let room = min(breaker.limit(free, now: now), pace.available(at: now))
        let ready =
            room > 0 ? lanes.filter { $0.value.isReady(now) && hasToken($0.value, now) } : [:]
        let suspectLane = room > 0 ? self.suspectLane(now, whileOthersWait: !ready.isEmpty) : nil
        guard suspectLane != nil || !ready.isEmpty else {
            global.withdraw(channel)
            return []
        }
        let granted = global.ask(room, for: channel, at: now)
        guard granted > 0 else { return [] }
        let shares = fairness.share(
            suspectLane == nil ? granted : granted - 1,
            among: ready.mapValues(\.weight)
        )
        return Set(shares.keys).union([suspectLane].compactMap { $0 }).sorted().map { campaign in
            MessageQuota(
                campaign: campaign,
                limit: shares[campaign] ?? 0,
                takesSuspect: campaign == suspectLane,
                throttles: lanes[campaign].map { pace.scopes(of: $0.campaign) } ?? []
            )
        }
    }

    private func hasToken(_ lane: DispatchLane, _ now: Timestamp) -> Bool {
        pace.available(to: lane.campaign, at: now) > 0
    }

    /// The campaign whose suspect goes next; nil while one is out, and where another can probe.
    private func suspectLane(_ now: Timestamp, whileOthersWait: Bool) -> Int64? {
        if let suspect, now < suspect.since + Self.suspectTime { return nil }
        if breaker.state == .open, whileOthersWait { return nil }
        return lanes.filter { $0.value.hasSuspects && hasToken($0.value, now) }.keys.min()
    }

    /// Records outcomes and claims in one transaction; one exchange at a time.
    func exchange(_ quotas: [MessageQuota]) {
        isExchanging = true
        let handed = ended
        ended = []
        let exchange = DispatchExchange(
            channel: channel,
            ended: handed,
            claims: quotas,
            throttles: pace.handOver(for: quotas),
            globalLimit: quotas.isEmpty ? nil : global.limit,
            quietHours: quietHours,
            now: clock.now,
            wall: clock.wall
        )
        store.dispatch(exchange) { [self] result in
            // Here, not on the queue: buckets are told in the order of their commits.
            global.settle(channel, left: (try? result.get())?.globalThrottle)
            queue.async { self.finish(result, of: exchange) }
        }
    }

    private func finish(
        _ result: Result<DispatchBatch, StoreError>,
        of exchange: DispatchExchange
    ) {
        isExchanging = false
        let handed = exchange.ended
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
            pay(for: batch.messages, at: exchange.now)
            take(batch)
            noteRate(of: handed)
            handed.forEach(noteCommitted)
            pump()
        case .failure(let error):
            ended = handed + ended
            pace.keepAgain(exchange.throttles.keys)
            noteStoreFailure("recording outcomes", error)
        }
    }

    /// Keeps what could not be done and tries again later; told once, not at each attempt.
    private func noteStoreFailure(_ what: String, _ error: any Error) {
        storeFailures += 1
        // Until it works again outcomes come first; other channels do not wait for that.
        global.withdraw(channel)
        if storeFailures == 1 {
            logger.error("\(what) failed; trying again: \(error)")
        }
        armRetry()
    }

    /// Takes the tokens that the store took in its transaction.
    private func pay(for messages: [ClaimedMessage], at now: Timestamp) {
        guard !pace.throttles.isEmpty else { return }
        for message in messages {
            guard let lane = lanes[message.campaign] else { continue }
            pace.take(message.parts, of: lane.campaign, at: now)
        }
    }

    /// Measures how fast messages go.
    private func noteRate(of ended: [EndedMessage]) {
        var settled: [Int64: Int] = [:]
        for message in ended where message.ending.isSettled {
            settled[MessageID.campaign(of: message.id), default: 0] += 1
        }
        let now = clock.now
        for (campaign, count) in settled {
            lanes[campaign]?.meter.note(count, at: now)
            meter.note(count, at: now)
        }
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
        let now = clock.now
        for message in batch.messages {
            // The breaker may have opened since they were asked for.
            guard !isStopping, breaker.admit(message.id, now: now) else {
                end(message, .givenBack)
                continue
            }
            if message.isSuspect { suspect = (message.id, now) }
            waiting.append(message)
        }
        sendWaiting()
    }
}
