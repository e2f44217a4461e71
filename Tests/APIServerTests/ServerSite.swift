import APIServer
import APITypes
import CampaignAPI
import Campaigns
import Dispatch
import FoundationEssentials
import Glibc
import JobQueue
import Logging
import SQLiteStore

/// A server over a real store, in a folder of its own.
///
/// Its users are blocking clients, so tests talk to it through ``blocking(_:)``: a thread of the
/// concurrency pool that waited for the server might be the one the server needs.
final class ServerSite: Sendable {
    let server: APIServer
    let store: SQLiteStore
    let folder: String
    let handler: APIHandler
    private let clock: any EngineClock

    static let tokens = [
        UserToken(user: "ann", token: "secret-of-ann"),
        UserToken(user: "648b80839b30ddb88cdbab 11", token: "secret-of-bob"),
    ]

    enum TCP: Sendable {
        case none, open, tokens
    }

    static func start(_ tcp: TCP = .none) async throws -> ServerSite {
        try await blocking { try ServerSite(tcp) }
    }

    private init(_ tcp: TCP) throws {
        var template = Array("/tmp/campaignd-server-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ClientError.folder }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        (store, clock) = try SQLiteStore.open(
            StoreOptions(
                folder: folder,
                version: "1.2.3",
                mayCreate: true,
                runsJobs: true,
                durability: .normal
            )
        )
        let status = DaemonStatus(
            epoch: 1,
            startedAt: clock.now,
            pid: getpid(),
            transports: [],
            warnings: [],
            notReady: nil
        )
        handler = APIHandler(
            service: CampaignService(store: store, clock: clock, settings: ServiceSettings()),
            events: store.events,
            place: APIPlace(
                version: "1.2.3",
                dataDir: folder,
                databasePath: "\(folder)/campaignd.sqlite3"
            ),
            daemon: { status }
        )
        let settings = ServerSettings(
            socket: SocketSettings(path: "\(folder)/s", mode: 0o660, group: nil),
            tcp: tcp == .none
                ? nil
                : TCPSettings(
                    host: "127.0.0.1",
                    port: 0,
                    tokens: tcp == .tokens ? Self.tokens : [],
                    maximumBodyBytes: 1_000_000
                ),
            public: PublicSettings(host: "127.0.0.1", port: 0, maximumBodyBytes: 1_000_000)
        )
        server = try APIServer.start(
            settings,
            handler: handler,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    var socketPath: String { "\(folder)/s" }

    /// Stops everything and removes the folder.
    func stop() async throws {
        try await blocking { [self] in
            server.stop(timeout: .seconds(5))
            try store.close(now: clock.now)
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    /// A connection to the socket.
    func connect() throws -> Client { try Client(socket: socketPath) }

    /// A connection to the TCP port.
    func connectTCP() throws -> Client { try Client(port: server.tcpPort ?? 0) }

    /// A connection to the public listener.
    func connectPublic() throws -> Client { try Client(port: server.publicPort ?? 0) }
}

/// Runs blocking work on a thread of its own.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value
{
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "test.client").async {
            continuation.resume(with: Result { try work() })
        }
    }
}

extension ServerSite {
    /// Why a second server, with a socket of its own, cannot be started.
    func secondServerError(
        host: String = "127.0.0.1",
        port: Int,
        socket: String? = nil
    ) -> ServerError? {
        let settings = ServerSettings(
            socket: SocketSettings(path: socket ?? "\(folder)/t", mode: 0o600, group: nil),
            tcp: TCPSettings(host: host, port: port, tokens: [], maximumBodyBytes: 1_000)
        )
        do throws(ServerError) {
            let other = try APIServer.start(
                settings,
                handler: handler,
                logger: Logger(label: "test")
            )
            other.stop(timeout: .zero)
            return nil
        } catch {
            return error
        }
    }
}
