import Dispatch
import JobQueue
import Logging

/// Asks the provider what became of messages that are `unknown`, one at a time.
extension Dispatcher {
    /// Records an answer and asks for the next message that is due, unless one is being asked about.
    func inquire(after answer: InquiryAnswer? = nil) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard let register = transport.register(of: channel), !isInquiring, !isStopping else {
            return
        }
        isInquiring = true
        hasNewInquiry = false
        store.inquire(answer, on: channel, now: clock.now) { [self] result in
            queue.async { self.take(result, from: register) }
        }
    }

    private func take(_ result: Result<InquiryTurn, StoreError>, from register: any MessageRegister)
    {
        switch result {
        case .success(let turn):
            guard let inquiry = turn.next, !isStopping else { return rest(until: turn.nextDue) }
            ask(inquiry, register)
        case .failure(let error):
            logger.error("what a provider shows could not be recorded; asking again: \(error)")
            rest(until: clock.now + Self.inquiryPause)
        }
    }

    private func ask(_ inquiry: Inquiry, _ register: any MessageRegister) {
        do {
            let lane = try DispatchLane(inquiry.campaign)
            register.find(try outgoing(inquiry.message, lane)) { [self] result in
                queue.async { self.hear(result, about: inquiry.message) }
            }
        } catch {
            answer(inquiry.message, words: "cannot be asked: rendering failed: \(error)")
        }
    }

    private func hear(_ result: Result<Delivery?, TransportError>, about message: ClaimedMessage) {
        switch result {
        case .success(let delivery?):
            logger.notice(
                "the provider shows a message that was in doubt",
                metadata: ["id": "\(message.id)", "reply": "\(delivery.reply)"]
            )
            answer(message, delivery, words: delivery.reply)
        case .success(nil):
            answer(message, words: "does not show it")
        case .failure(.unavailable(_, let wait)), .failure(.throttled(_, let wait)):
            rest(until: clock.now + max(wait ?? .zero, Self.inquiryPause))
        case .failure(let error):
            answer(message, words: "cannot tell: \(error.words)")
        }
    }

    private func answer(_ message: ClaimedMessage, _ delivery: Delivery? = nil, words: String) {
        guard !isStopping else { return rest(until: nil) }
        isInquiring = false
        inquire(
            after: InquiryAnswer(
                id: message.id,
                attempts: message.attempts,
                delivery: delivery,
                words: words
            )
        )
    }

    /// Asks nothing more before an instant, unless another message becomes `unknown`.
    private func rest(until instant: Timestamp?) {
        isInquiring = false
        inquiryTimer?.arm(engine: instant, wall: nil)
        if isStopping { return pump() }
        if hasNewInquiry { inquire() }
    }

    /// How long a provider that is not there, or a store that fails, is left alone.
    private static let inquiryPause: Duration = .seconds(60)
}
