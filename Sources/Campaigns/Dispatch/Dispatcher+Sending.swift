import Dispatch
import JobQueue
import Logging

extension Dispatcher {
    /// Hands waiting messages to the transport, as many as it carries at once.
    func sendWaiting() {
        dispatchPrecondition(condition: .onQueue(queue))
        var handed = 0
        while handed < waiting.count, sending < transport.maxConnections {
            send(waiting[handed])
            handed += 1
        }
        waiting.removeFirst(handed)
    }

    private func send(_ message: ClaimedMessage) {
        guard let lane = lanes[message.campaign], !isTooLate(message) else {
            return end(message, .givenBack)
        }
        do {
            let outgoing = try outgoing(message, lane)
            Failpoint.messageClaimed.hit(message.recipient)
            sending += 1
            guard message.isInDoubt, let register = transport.register(of: channel) else {
                return carry(message, outgoing)
            }
            register.find(outgoing) { [self] result in
                queue.async { self.carry(message, outgoing, after: result) }
            }
        } catch {
            end(message, .failed(.content, reply: "rendering failed: \(error)"))
        }
    }

    /// Whether the quiet hours began while it waited here.
    private func isTooLate(_ message: ClaimedMessage) -> Bool {
        message.leavesBefore.map { clock.wall >= $0 } ?? false
    }

    /// Sends a message in doubt again only where its provider shows that it has nothing of it.
    private func carry(
        _ message: ClaimedMessage,
        _ outgoing: OutgoingMessage,
        after result: Result<Delivery?, TransportError>
    ) {
        switch result {
        case .success(let delivery?): finish(message, .success(delivery))
        case .success(nil)
        where isStopping || lanes[message.campaign] == nil || isTooLate(message):
            finish(message, .failure(.abandoned))
        case .success(nil): carry(message, outgoing)
        case .failure(let error): finish(message, .failure(error))
        }
    }

    private func carry(_ message: ClaimedMessage, _ outgoing: OutgoingMessage) {
        let start = clock.now
        transport.send(outgoing) { [self] result in
            Failpoint.messageReplied.hit(message.recipient)
            queue.async {
                self.metrics.transportTook(self.clock.now - start)
                self.finish(message, result)
            }
        }
    }

    private func finish(_ message: ClaimedMessage, _ result: Result<Delivery, TransportError>) {
        sending -= 1
        land(message, result)
        sendWaiting()
        pump()
    }

    /// The message as its transport gets it.
    func outgoing(_ message: ClaimedMessage, _ lane: DispatchLane) throws -> OutgoingMessage {
        let unsubscribeURL = unsubscribeURL(of: message, lane)
        var variables = message.variables
        if lane.template.printsUnsubscribeURL, let unsubscribeURL {
            variables[UnsubscribeLinks.variable] = unsubscribeURL
        }
        return OutgoingMessage(
            id: message.id,
            campaignID: lane.campaign.id,
            channel: channel,
            sender: lane.campaign.sender,
            recipient: message.recipient,
            content: try lane.template.render(variables),
            unsubscribeURL: unsubscribeURL,
            date: message.firstAttemptAt
        )
    }

    /// The recipient's link: emails bear it in their headers, others only where they print it.
    private func unsubscribeURL(of message: ClaimedMessage, _ lane: DispatchLane) -> String? {
        guard let links, channel == .email || lane.template.printsUnsubscribeURL else { return nil }
        return links.url(
            for: RecipientKey(channel: channel, stored: message.recipient),
            message: message.id
        )
    }

    private func land(_ message: ClaimedMessage, _ result: Result<Delivery, TransportError>) {
        switch result {
        case .success(let delivery):
            noteAnswer()
            end(message, .sent(delivery))
        case .failure(let error):
            land(message, error)
        }
    }

    private func land(_ message: ClaimedMessage, _ error: TransportError) {
        switch error {
        case .rejected(let fault, let reply, let reason):
            noteAnswer()
            end(message, .failed(fault, reply: reply, suppressing: reason))
        case .deferred(let reply, let retryAfter):
            noteAnswer()
            putOff(message, reply: reply, retryAfter: retryAfter)
        case .interrupted(let reason):
            putOff(message, reply: reason, retryAfter: nil)
        case .senderRefused(let reply):
            noteAnswer()
            lanes[message.campaign] = nil
            giveBackWaiting { $0.campaign == message.campaign }
            end(message, .senderRefused(reply: reply))
        case .unavailable(let reason, let retryAfter):
            noteAbsence(message, reason, retryAfter: retryAfter)
            end(message, .givenBack)
        case .throttled(let reason, let retryAfter):
            if noteAbsence(message, reason, retryAfter: retryAfter) {
                slowDown(reason, retryAfter: retryAfter)
            }
            postpone(message, reply: reason, retryAfter: retryAfter)
        case .outcomeUnknown(let evidence):
            end(message, .inDoubt(evidence: evidence))
        case .abandoned:
            end(message, .givenBack)
        }
    }

    private func putOff(_ message: ClaimedMessage, reply: String, retryAfter: Duration?) {
        let ending = retry.ending(
            after: message,
            reply: reply,
            retryAfter: retryAfter,
            now: clock.now,
            random: random
        )
        end(message, ending)
    }

    /// Puts a message off without spending anything: others see meanwhile whether the pace is right.
    private func postpone(_ message: ClaimedMessage, reply: String, retryAfter: Duration?) {
        let delay = retry.backoff.delay(
            afterFailures: 1,
            retryAfter: retryAfter,
            random: random.next()
        )
        end(message, .postponed(until: clock.now + delay, reply: reply))
    }

    func end(_ message: ClaimedMessage, _ ending: MessageEnding) {
        if suspect?.id == message.id { suspect = nil }
        breaker.forget(message.id)
        metrics.count(ending)
        ended.append(EndedMessage(id: message.id, ending: ending))
    }

    /// Has a lane claimed from again for the sake of a message that waits, now that it is committed.
    func noteCommitted(_ ended: EndedMessage) {
        let due: Timestamp
        switch ended.ending {
        case .deferred(let until, _), .postponed(let until, _): due = until
        case .inDoubt:
            hasNewInquiry = true
            inquire()
            due = Timestamp(milliseconds: 0)
        case .givenBack: due = Timestamp(milliseconds: 0)
        case .sent, .failed, .senderRefused: return
        }
        let campaign = MessageID.campaign(of: ended.id)
        guard let lane = lanes[campaign] else { return }
        lanes[campaign]?.nextDue = lane.nextDue.map { min($0, due) } ?? due
        // A suspect that was given back is one still; the next claim tells.
        if ended.ending == .givenBack { lanes[campaign]?.hasSuspects = true }
    }

    /// Gives back messages that are claimed and not with the transport.
    func giveBackWaiting(where condition: (ClaimedMessage) -> Bool) {
        for message in waiting where condition(message) { end(message, .givenBack) }
        waiting.removeAll(where: condition)
    }

    private func noteAnswer() {
        guard breaker.succeed() else { return }
        logger.notice("the transport answers again")
    }

    /// Opens the breaker, or keeps it open; returns whether the message told something new: it was
    /// not under way when the breaker opened.
    @discardableResult
    private func noteAbsence(
        _ message: ClaimedMessage,
        _ reason: String,
        retryAfter: Duration?
    ) -> Bool {
        let wasProbe = breaker.isProbe(message.id)
        let isNews = breaker.fail(
            message.id,
            reason: reason,
            retryAfter: retryAfter,
            now: clock.now,
            random: random
        )
        giveBackWaiting { _ in true }
        if isNews {
            logger.warning(
                "the transport takes nothing; one message at a time probes it, none is spent",
                metadata: ["reason": "\(reason)"]
            )
        }
        return isNews || wasProbe
    }

    /// Halves the transport's rate, which then climbs back by itself.
    private func slowDown(_ reason: String, retryAfter: Duration?) {
        let now = clock.now
        pace.slowDown(
            measured: meter.perSecond(at: now),
            retryAfter: retryAfter,
            reason: reason,
            at: now
        )
        logger.notice(
            "the provider asks for a slower pace",
            metadata: [
                "perSecond": "\(pace.throttles[.transport]?.rate(at: now) ?? 0)",
                "reason": "\(reason)",
            ]
        )
    }
}
