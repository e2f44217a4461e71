package import Dispatch

/// Sends messages to one SMTP server over a bounded number of connections, and tells how far each
/// message got.
///
/// Connections are opened as messages need them, one after another reused, and closed when idle. All
/// work and every completion run on one serial queue of the client's own, which nothing blocks:
/// a slow server or connection holds up only the message it carries. A client lives until its last
/// connection has closed, even when nobody holds it.
package final class SMTPClient: @unchecked Sendable {
    // The protector is `queue`: all variables are touched on it alone.

    /// How long no further connection is tried after one could not be opened while others work.
    static let openingPause = Duration.seconds(5)

    let configuration: SMTPConfiguration
    package let queue: DispatchQueue
    /// Fires for the earliest deadline among the sessions and the client's own.
    private(set) lazy var deadlines = DeadlineTimer(queue: queue) { [weak self] in
        self?.deadlinePassed()
    }

    private var sessions: [SMTPSession] = []
    /// The last one became idle last, and is used first: the others may then run out.
    private var idle: [SMTPSession] = []
    private var waiting = Fifo<SMTPDelivery>()
    private var openingsPausedUntil: DeadlineTimer.Instant = 0
    private var shutdownDeadline: DeadlineTimer.Instant?
    private var shutdownCompletions: [@Sendable () -> Void] = []

    /// A client without a connection yet; `label` names its queue in debuggers.
    package init(_ configuration: SMTPConfiguration, label: String = "campaignd.smtp") {
        self.configuration = configuration
        queue = DispatchQueue(label: label)
    }

    /// Sends a message; never blocks.
    ///
    /// `completion` runs exactly once, on the client's queue. Messages that find every connection
    /// busy wait in the order they came, without a bound: the caller keeps their number small.
    package func send(
        _ envelope: SMTPEnvelope,
        completion: @escaping @Sendable (SMTPOutcome) -> Void
    ) {
        let delivery = SMTPDelivery(envelope: envelope, completion: completion)
        queue.async { self.accept(delivery) }
    }

    /// Gives back, as `abandoned`, every message whose final dot has not left, and ends.
    ///
    /// Messages that wait for the reply to their final dot are waited for until `deadline` and are
    /// `unknown` then. `completion` runs on the client's queue when every message has its outcome
    /// and every connection is closed. Messages sent from now on are abandoned.
    package func shutDown(
        deadline: DispatchTime,
        completion: @escaping @Sendable () -> Void
    ) {
        queue.async { self.beginShutdown(deadline.uptimeNanoseconds, completion) }
    }
}

extension SMTPClient {
    /// A session has nothing to do.
    func sessionIsFree(_ session: SMTPSession) {
        dispatchPrecondition(condition: .onQueue(queue))
        if shutdownDeadline != nil {
            session.quit()
        } else if let delivery = waiting.popFirst() {
            session.start(delivery)
        } else {
            idle.append(session)
        }
    }

    /// A session has closed; `delivery` was on it and has to start again on a new connection.
    func sessionHasClosed(_ session: SMTPSession, retrying delivery: SMTPDelivery?) {
        remove(session)
        if var delivery {
            delivery.isSecondTry = true
            open(first: delivery)
        }
        openIfNeeded()
    }

    /// A session could not be opened.
    ///
    /// No waiting message fails for it while another session may still serve it: a server that
    /// takes fewer connections than configured is not down.
    func sessionHasFailed(_ session: SMTPSession, _ fault: SMTPStream.Fault) {
        remove(session)
        guard sessions.isEmpty else {
            openingsPausedUntil = DeadlineTimer.after(Self.openingPause)
            deadlines.arm(openingsPausedUntil)
            return
        }
        while let delivery = waiting.popFirst() { delivery.completion(fault.outcome) }
    }

    private func accept(_ delivery: SMTPDelivery) {
        if shutdownDeadline != nil {
            delivery.completion(.abandoned)
        } else if let refusal = delivery.envelope.refusal {
            delivery.completion(refusal)
        } else if let session = idle.popLast() {
            session.start(delivery)
        } else {
            waiting.append(delivery)
            openIfNeeded()
        }
    }

    private func openIfNeeded() {
        guard !waiting.isEmpty, sessions.count < configuration.maxConnections,
            sessions.isEmpty || openingsPausedUntil <= DeadlineTimer.now
        else { return }
        let opening = sessions.count { $0.state == .opening }
        let room = configuration.maxConnections - sessions.count
        for _ in 0..<max(0, min(room, waiting.count - opening)) { open(first: nil) }
    }

    private func open(first: SMTPDelivery?) {
        let session = SMTPSession(client: self, first: first)
        sessions.append(session)
        session.open()
    }

    private func remove(_ session: SMTPSession) {
        dispatchPrecondition(condition: .onQueue(queue))
        sessions.removeAll { $0 === session }
        idle.removeAll { $0 === session }
        reportShutdownIfDone()
    }

    private func deadlinePassed() {
        dispatchPrecondition(condition: .onQueue(queue))
        let now = DeadlineTimer.now
        let isOver = shutdownDeadline.map { $0 <= now } ?? false
        for session in sessions {
            if isOver {
                session.giveUp()
            } else if session.deadline <= now {
                idle.removeAll { $0 === session }
                session.expire()
            }
        }
        openIfNeeded()
        let own = [openingsPausedUntil, shutdownDeadline ?? 0].filter { $0 > now }
        deadlines.arm((sessions.map(\.deadline) + own).min() ?? .max)
    }

    private func beginShutdown(
        _ deadline: DeadlineTimer.Instant,
        _ completion: @escaping @Sendable () -> Void
    ) {
        shutdownCompletions.append(completion)
        shutdownDeadline = min(deadline, shutdownDeadline ?? .max)
        deadlines.arm(deadline)
        idle.removeAll()
        while let delivery = waiting.popFirst() { delivery.completion(.abandoned) }
        for session in sessions { session.shutDown() }
        reportShutdownIfDone()
    }

    private func reportShutdownIfDone() {
        guard shutdownDeadline != nil, sessions.isEmpty else { return }
        let completions = shutdownCompletions
        shutdownCompletions = []
        for completion in completions { completion() }
    }
}
