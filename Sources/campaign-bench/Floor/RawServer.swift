import APIServer
import Dispatch
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOPosix
import Synchronization

/// The least that a call takes which has a job begun: the HTTP library, the rows of an order in one
/// commit by SQLite's C API, and a thread that is woken.
final class RawServer: @unchecked Sendable {
    // `commits` protects the rows.
    private let rows: RawCampaigns
    private let commits = DispatchQueue(label: "bench.floor.commits")
    private let worker = DispatchQueue(label: "bench.floor.worker")
    private let last = Atomic<Int>(0)
    private let onStart: @Sendable (String) -> Void

    /// Serves until the process ends; `onStart` is told each order's number by the woken thread.
    init(_ bench: Bench, socket: String, onStart: @escaping @Sendable (String) -> Void) throws {
        rows = try RawCampaigns(bench)
        self.onStart = onStart
        let listens = DispatchSemaphore(value: 0)
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let server = Server(
            childChannelSetup: HTTP1Channel(responder: { [self] in try await respond($0, $1, $2) }),
            configuration: ServerConfiguration(address: .unixDomainSocket(path: socket)),
            onServerRunning: { _ in listens.signal() },
            eventLoopGroup: loop,
            logger: .bench
        )
        Task(executorPreference: EventLoopExecutor(loop)) { try await server.run() }
        listens.wait()
    }

    private func respond(
        _ request: Request,
        _ writer: consuming ResponseWriter,
        _ channel: any Channel
    ) async throws {
        for try await _ in request.body {}
        let id = await withCheckedContinuation { continuation in
            commits.async { [self] in continuation.resume(returning: store()) }
        }
        let body = ByteBuffer(string: "{\"campaignId\":\"\(id ?? "")\"}")
        var head = HTTPResponse(status: id == nil ? .internalServerError : .created)
        head.headerFields[.contentLength] = "\(body.readableBytes)"
        try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
    }

    /// Commits an order and wakes the worker for it; nil where the disk fails.
    private func store() -> String? {
        guard (try? rows.insert(1)) != nil else { return nil }
        let id = "\(last.add(1, ordering: .relaxed).newValue)"
        worker.async { [onStart] in onStart(id) }
        return id
    }
}
