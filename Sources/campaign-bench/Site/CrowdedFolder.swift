import Campaigns
import JobQueue
import SQLiteStore

/// A data folder with one campaign that is SENDING as many messages as wanted.
enum CrowdedFolder {
    /// Has the product build and begin to send a campaign of one message; adds the others as rows.
    ///
    /// - Parameter state: what the messages added are: ready, deferred and due, or sent.
    static func prepare(
        _ bench: Bench,
        folder: String = "data",
        messages: Int,
        state: MessageState = .ready
    ) throws {
        let engine = try Engine(bench, folder: folder, email: ClosedTransport())
        let audience = try Audience(engine.service, contacts: 1)
        engine.start()
        let campaign = try engine.enqueue(audience, until: .send)
        try engine.wait(for: campaign, toBe: .sending)
        try engine.stop()
        let path = "\(bench.folder)/\(folder)/\(StoreOptions.fileName)"
        try Seed(path: path).messages(messages, state)
    }
}

/// Takes no message: they stay as they are.
private struct ClosedTransport: MessageTransport {
    let kind = "closed"
    let maxConnections = 1
    let inDoubt = InDoubtPolicy.resend

    func send(
        _ message: OutgoingMessage,
        completion: @escaping @Sendable (Result<Delivery, TransportError>) -> Void
    ) {
        completion(.failure(.unavailable(reason: "closed", retryAfter: .seconds(60))))
    }

    func shutDown(timeout: Duration, completion: @escaping @Sendable () -> Void) {
        completion()
    }
}
