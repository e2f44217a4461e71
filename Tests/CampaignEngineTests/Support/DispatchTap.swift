import JobQueue
import Synchronization
import TestSupport

@testable import Campaigns
@testable import SQLiteStore

/// The store as one dispatcher uses it: every exchange is recorded, and can be made to fail.
final class DispatchTap: DispatchStore {
    /// One exchange and what came of it.
    struct Turn: Sendable {
        var exchange: DispatchExchange
        var result: Result<DispatchBatch, StoreError>

        /// What was claimed.
        var claimed: [ClaimedMessage] { (try? result.get().messages) ?? [] }

        /// Whether it was committed.
        var isCommitted: Bool {
            if case .success = result { true } else { false }
        }
    }

    let turns = Recorder<Turn>()
    /// What was to be asked, in order.
    let inquiries = Recorder<InquiryTurn>()
    private let store: any DispatchStore
    private let fault = Mutex<StoreError?>(nil)
    private let isHeld = Mutex<(isHeld: Bool, waiting: [@Sendable () -> Void])>((false, []))

    init(_ store: any DispatchStore) {
        self.store = store
    }

    /// Has every call fail with the error and store nothing; nil ends that.
    func fail(with error: StoreError?) {
        fault.withLock { $0 = error }
    }

    /// Keeps the results of exchanges, which are committed, from the dispatcher.
    func holdResults() {
        isHeld.withLock { $0.isHeld = true }
    }

    /// Hands over what was kept, and what comes.
    func releaseResults() {
        let waiting = isHeld.withLock { state in
            defer { state = (false, []) }
            return state.waiting
        }
        for handOver in waiting { handOver() }
    }

    func configureTransports(_ transports: [TransportRecord]) throws(StoreError) {
        try store.configureTransports(transports)
    }

    func sendingCampaigns(on channel: Channel) throws(StoreError) -> [SendingCampaign] {
        if let error = fault.withLock({ $0 }) { throw error }
        return try store.sendingCampaigns(on: channel)
    }

    func throttles(on channel: Channel) throws(StoreError) -> [ThrottleScope: Throttle] {
        try store.throttles(on: channel)
    }

    func dispatch(
        _ exchange: DispatchExchange,
        completion: @escaping @Sendable (Result<DispatchBatch, StoreError>) -> Void
    ) {
        if let error = fault.withLock({ $0 }) {
            turns.append(Turn(exchange: exchange, result: .failure(error)))
            return completion(.failure(error))
        }
        store.dispatch(exchange) { [self] result in
            let handOver: @Sendable () -> Void = { completion(result) }
            let isKept = isHeld.withLock { state in
                if state.isHeld { state.waiting.append(handOver) }
                return state.isHeld
            }
            if !isKept { handOver() }
            turns.append(Turn(exchange: exchange, result: result))
        }
    }

    func inquire(
        _ answer: InquiryAnswer?,
        on channel: Channel,
        now: Timestamp,
        completion: @escaping @Sendable (Result<InquiryTurn, StoreError>) -> Void
    ) {
        store.inquire(answer, on: channel, now: now) { [inquiries] result in
            if let turn = try? result.get() { inquiries.append(turn) }
            completion(result)
        }
    }

    // MARK: What the test asks

    /// Blocks until the end of `count` flights of the message is committed.
    func wait(forEndOf id: Int64, count: Int = 1) throws {
        try turns.wait(for: "\(count) ends of message \(id)") { turns in
            turns.filter(\.isCommitted).flatMap(\.exchange.ended).filter { $0.id == id }.count
                >= count
        }
    }

    /// The most messages that were durably in flight after any exchange.
    var mostInflight: Int {
        var inflight = 0
        var most = 0
        for turn in turns.elements where turn.isCommitted {
            inflight += turn.claimed.count - turn.exchange.ended.count
            most = max(most, inflight)
        }
        return most
    }
}
