import JobQueue
import Synchronization
import TestSupport

@testable import Campaigns

/// A transport whose answers the test gives: by a rule at once, or one by one.
final class ScriptedTransport: MessageTransport {
    typealias Answer = Result<Delivery, TransportError>
    /// What a message is answered at once; nil keeps it until ``answer(_:_:)``.
    typealias Rule = @Sendable (OutgoingMessage) -> Answer?
    private typealias Completion = @Sendable (Answer) -> Void

    private struct State {
        var rule: Rule
        var held: [Int64: Completion] = [:]
        var mostHeld = 0
        /// Messages that a shutdown cannot take back.
        var left: Set<Int64> = []
        var onEmpty: (@Sendable () -> Void)?
    }

    let kind = "scripted"
    let maxConnections: Int
    let inDoubt: InDoubtPolicy
    /// Everything that was handed over, in order.
    let handed = Recorder<OutgoingMessage>()
    private let state: Mutex<State>

    init(
        maxConnections: Int = 4,
        inDoubt: InDoubtPolicy = .resend,
        rule: @escaping Rule = accept
    ) {
        self.maxConnections = maxConnections
        self.inDoubt = inDoubt
        state = Mutex(State(rule: rule))
    }

    static let accept: Rule = { _ in .success(Delivery(reply: "250 taken over")) }
    static let hold: Rule = { _ in nil }
    static let absent: Rule = { _ in
        .failure(.unavailable(reason: "connection refused", retryAfter: nil))
    }

    func send(
        _ message: OutgoingMessage,
        completion: @escaping @Sendable (Result<Delivery, TransportError>) -> Void
    ) {
        let rule = state.withLock { $0.rule }
        let answer = rule(message)
        if answer == nil {
            state.withLock { state in
                state.held[message.id] = completion
                state.mostHeld = max(state.mostHeld, state.held.count)
            }
        }
        handed.append(message)
        if let answer { completion(answer) }
    }

    func shutDown(timeout: Duration, completion: @escaping @Sendable () -> Void) {
        let (givenBack, isEmpty) = state.withLock { state in
            let givenBack = state.held.filter { !state.left.contains($0.key) }
            state.held = state.held.filter { state.left.contains($0.key) }
            if !state.held.isEmpty { state.onEmpty = completion }
            return (givenBack, state.held.isEmpty)
        }
        for completion in givenBack.values { completion(.failure(.abandoned)) }
        if isEmpty { completion() }
    }

    // MARK: What the test does

    /// Messages handed over and not answered.
    var held: [Int64] { state.withLock { $0.held.keys.sorted() } }

    /// The most messages it ever held at once.
    var mostHeld: Int { state.withLock { $0.mostHeld } }

    /// Changes how messages handed over from now on are answered.
    func follow(_ rule: @escaping Rule) {
        state.withLock { $0.rule = rule }
    }

    /// Lets a held message pass the point from which a shutdown takes it back.
    func letGo(_ id: Int64) {
        state.withLock { _ = $0.left.insert(id) }
    }

    /// Answers a held message.
    func answer(_ id: Int64, _ answer: Answer) {
        let (completion, onEmpty) = state.withLock { state in
            let completion = state.held.removeValue(forKey: id)
            guard state.held.isEmpty else { return (completion, nil as (@Sendable () -> Void)?) }
            defer { state.onEmpty = nil }
            return (completion, state.onEmpty)
        }
        precondition(completion != nil, "message \(id) is not with the transport")
        completion?(answer)
        onEmpty?()
    }

    /// Answers every held message alike.
    func answerAll(_ answer: Answer = .success(Delivery(reply: "250 taken over"))) {
        for id in held { self.answer(id, answer) }
    }
}

extension OutgoingMessage {
    /// The part of the recipient's address before the @.
    var name: String { String(recipient.prefix { $0 != "@" }) }
}
