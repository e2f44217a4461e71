import Campaigns
import Dispatch
import JobQueue
import Logging
import Outbound

/// Requests: who is next, when it may leave, and what came of it.
extension AccountDriver {
    private enum Next {
        case page
        case write(String)
    }

    /// Lets requests leave until the gate, the limit or the work is at its end.
    func serve() {
        dispatchPrecondition(condition: .onQueue(queue))
        while !state.gate.isPaused {
            let now = clock.now
            if let until = state.gate.blockedUntil(now) { return putOff(until: until) }
            let limit = state.gate.isBroken ? 1 : policy.maxConcurrent
            guard state.inFlight < limit, let next = next(now) else { return }
            if let at = state.gate.nextRequestAt, at > now {
                state.timer?.arm(engine: at, wall: nil)
                return
            }
            let hasLeft =
                switch next {
                case .page: askForPage(now)
                case .write(let id): write(id, now)
                }
            guard hasLeft else { return }
        }
    }

    /// Ends the attempts of all that wait, until the server may be asked again.
    private func putOff(until: Timestamp) {
        state.sweep = state.isPageInFlight ? state.sweep : nil
        for id in state.order where state.jobs[id]?.isWaiting == true {
            end(id, .snoozed(until: until))
        }
    }

    /// The next request; starts a reading where one is needed and none is under way.
    private func next(_ now: Timestamp) -> Next? {
        let write = state.order.first { state.jobs[$0]?.phase == .awaitingRequest }
        // A server that was away is tried with a reading: that can be lost without harm.
        let isProbe = state.gate.isBroken
        if let write, !isProbe, state.writeIsNext || !needsPage(now) { return .write(write) }
        guard needsPage(now) || (isProbe && write != nil) else { return nil }
        if state.sweep == nil { state.sweep = newSweep(now) }
        return state.isPageInFlight ? nil : .page
    }

    private func needsPage(_ now: Timestamp) -> Bool {
        if state.isPageInFlight { return false }
        if state.sweep != nil { return true }
        return state.jobs.values.contains { job in
            if case .awaitingReading(let notBefore) = job.phase { notBefore <= now } else { false }
        }
    }

    private func newSweep(_ now: Timestamp) -> Sweep {
        let remotes = state.jobs.values.map(\.remote)
        let ids = Set(remotes.compactMap(\.remoteID))
        let names = Set(remotes.filter { $0.marker == nil }.map(\.name))
        let markers = Set(remotes.compactMap(\.marker))
        return Sweep(at: now) { entry in
            ids.contains(entry.id) || names.contains(entry.name)
                || Marker.marker(of: entry.name).map(markers.contains) ?? false
        }
    }

    // MARK: Pages

    private func askForPage(_ now: Timestamp) -> Bool {
        guard let sweep = state.sweep else { return false }
        state.gate.take(at: now, ratePerSecond: policy.ratePerSecond)
        do {
            try store.keepGate(state.gate, ofAccount: policy.name)
        } catch {
            return retryLater(error)
        }
        state.isPageInFlight = true
        state.inFlight += 1
        state.writeIsNext = true
        client.send(state.requests.page(sweep.target)) { [self] outcome in
            queue.async { [self] in pageCame(outcome) }
        }
        return true
    }

    private func pageCame(_ outcome: HTTPOutcome) {
        dispatchPrecondition(condition: .onQueue(queue))
        state.isPageInFlight = false
        state.inFlight -= 1
        if let page = page(in: outcome) {
            note(.good)
            state.sweep?.take(page)
            if let sweep = state.sweep { offer(sweep) }
        } else {
            state.sweep = nil
            note(Verdict(outcome).healthOfReading(outcome))
        }
        pump()
    }

    func page(in outcome: HTTPOutcome) -> RemotePage? {
        guard case .answered(let reply) = outcome, (200..<300).contains(reply.status) else {
            return nil
        }
        return RemotePage(reply.body)
    }

    /// Gives what a reading shows to those who wait for it: at its end to all, and before it to
    /// those whose campaign it has shown already.
    private func offer(_ sweep: Sweep) {
        var isWanted = false
        for id in state.order {
            guard var active = state.jobs[id],
                case .awaitingReading(let notBefore) = active.phase,
                notBefore <= sweep.startedAt
            else { continue }
            let hasShown =
                active.step != .create
                && active.remote.remoteID.map { sweep.entries[$0] != nil } ?? false
            guard sweep.isOver || hasShown else {
                isWanted = true
                continue
            }
            guard let sighting = sighting(of: active, in: sweep) else { continue }
            active.sighting = sighting
            active.evidence = RemoteExchange(
                jobID: active.job.id,
                request: "GET /api/campaign, pages read: \(sweep.pagesRead)",
                askedAt: sweep.startedAt,
                answeredAt: clock.now,
                status: 200,
                excerpt: state.requests.redacted(sighting.inWords(of: active.remote.remoteID))
            )
            active.phase = .deciding
            state.jobs[id] = active
        }
        if sweep.isOver || !isWanted { state.sweep = nil }
    }

    /// What concerns a campaign; nil where the store cannot say which ids are other campaigns'.
    private func sighting(of active: ActiveJob, in sweep: Sweep) -> Sighting? {
        let own = sweep.entries.values.filter {
            $0.id == active.remote.remoteID || active.content.isMeant(by: $0)
        }
        guard active.step == .create else { return sweep.sighting(entries: Array(own)) }
        do {
            let bound = try store.boundIDs(
                among: own.map(\.id),
                account: policy.name,
                otherThan: active.remote.campaignID
            )
            return sweep.sighting(entries: own.filter { !bound.contains($0.id) })
        } catch {
            logger.error("a reading could not be used, it is made again: \(error)")
            return nil
        }
    }

    // MARK: Writes

    private func write(_ id: String, _ now: Timestamp) -> Bool {
        guard var active = state.jobs[id] else { return false }
        var remote = active.remote
        remote.intent = RemoteIntent(active.step, at: now, statusBefore: remote.mirror?.status)
        var gate = state.gate
        gate.take(at: now, ratePerSecond: policy.ratePerSecond)
        do {
            let isAlone = try store.intend(
                remote,
                claim: active.claim,
                evidence: active.evidence,
                gate: gate,
                now: now
            )
            guard isAlone else {
                end(id, .snoozed(until: now + policy.poll.first))
                return true
            }
        } catch .claimLost {
            forget(id)
            return true
        } catch {
            return retryLater(error)
        }
        Failpoint.remoteAsked.hit(active.step.rawValue)
        state.gate = gate
        state.inFlight += 1
        state.writeIsNext = false
        active.remote = remote
        active.evidence = nil
        active.phase = .inFlight
        state.jobs[id] = active
        let request = state.requests.write(active.step, remote, active.content)
        client.send(request) { [self] outcome in
            queue.async { [self] in replied(id, outcome) }
        }
        return true
    }

    private func replied(_ id: String, _ outcome: HTTPOutcome) {
        dispatchPrecondition(condition: .onQueue(queue))
        state.inFlight -= 1
        guard var active = state.jobs[id] else { return }
        Failpoint.remoteReplied.hit(active.step.rawValue)
        let verdict = verdict(outcome, on: active)
        let now = clock.now
        let excerpt = state.requests.redacted(verdict.text)
            .prefix(utf8Bytes: RemoteExchange.maximumExcerptBytes)
        let askedAt = active.remote.intent?.askedAt ?? now
        active.remote.learn(verdict, excerpt: excerpt, at: now)
        let exchange = RemoteExchange(
            jobID: active.job.id,
            request: AccountRequests.words(active.step, active.remote),
            askedAt: askedAt,
            answeredAt: now,
            status: verdict.status,
            excerpt: excerpt
        )
        do {
            try store.record(active.remote, exchange)
        } catch {
            logger.error("a reply could not be recorded; its step stays in doubt: \(error)")
        }
        Failpoint.remoteRecorded.hit(active.step.rawValue)
        active.sighting = nil
        active.phase = .deciding
        state.jobs[id] = active
        note(verdict.health)
        pump()
    }

    /// The verdict on a write's outcome; an id that cannot be this campaign's is left out.
    private func verdict(_ outcome: HTTPOutcome, on active: ActiveJob) -> Verdict {
        var verdict = Verdict(outcome)
        guard active.step == .create, case .accepted(let id?) = verdict.effect else {
            return verdict
        }
        let bound = try? store.boundIDs(
            among: [id],
            account: policy.name,
            otherThan: active.remote.campaignID
        )
        if !RemoteEntry.isID(id) || bound != [] { verdict.effect = .accepted(id: nil) }
        return verdict
    }

    private func retryLater(_ error: StoreError) -> Bool {
        logger.error("nothing leaves before it can be stored; it is tried again: \(error)")
        state.timer?.arm(engine: clock.now + Self.storeRetry, wall: nil)
        return false
    }

    // MARK: The gate

    private func note(_ health: Verdict.Health) {
        let isNews = state.gate.note(
            health,
            at: clock.now,
            probe: policy.probe,
            random: random.next()
        )
        guard isNews || state.gate.isBroken else { return }
        do {
            try store.keepGate(state.gate, ofAccount: policy.name)
            if case .signedOut(let reason) = health { try pause(reason) }
        } catch {
            logger.error("the account's standing could not be stored: \(error)")
        }
        if isNews { log(health) }
    }

    private func pause(_ reason: String) throws(StoreError) {
        let text = state.requests.redacted(reason)
        state.gate.pauseReason = text
        try store.setAccountPaused(text, account: policy.name, now: clock.now)
    }

    private func log(_ health: Verdict.Health) {
        let name = policy.name
        switch health {
        case .good: logger.notice("the server is there again")
        case .down(let reason):
            let text = state.requests.redacted(reason)
            logger.warning("the server is not there (\(text)); nothing is spent, it is probed")
        case .throttled(let span):
            logger.notice("the server asked for a pause of \(span.wholeMilliseconds / 1_000) s")
        case .signedOut(let reason):
            logger.error(
                """
                account paused: \(state.requests.redacted(reason)); renew its tokenFile, then \
                `campaignctl accounts resume \(name)`
                """
            )
        case .stopping, .unclear: break
        }
    }
}

extension RemoteCampaign {
    /// Notes what a reply to the step's write says.
    fileprivate mutating func learn(_ verdict: Verdict, excerpt: String, at now: Timestamp) {
        switch verdict.effect {
        case .accepted(let id?) where intent?.step == .create:
            remoteID = id
            intent = nil
        case .accepted: intent?.stand(.accepted, at: now)
        case .none: intent = nil
        case .refused: intent?.stand(.refused, at: now, reply: excerpt)
        case .unknown: intent?.stand(.doubtful, at: now, reply: excerpt)
        }
    }
}

extension Verdict {
    /// What a reading that brought no list says of the server.
    func healthOfReading(_ outcome: HTTPOutcome) -> Health {
        guard case .answered(let reply) = outcome, health == .good else { return health }
        let mediaType = reply[header: "content-type"] ?? ""
        return mediaType.contains("html") && reply.status < 300
            ? .signedOut(
                "the server answered with a page instead of JSON, a sign-in page by all signs"
            )
            : .down("the server answered \(reply.status) to GET /api/campaign, and no list")
    }
}
