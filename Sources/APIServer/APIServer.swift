package import CampaignAPI
import Dispatch
import HummingbirdCore
package import Logging
import NIOPosix
import ServiceLifecycle
import Synchronization

/// The API over HTTP/1.1: on a Unix socket, and on TCP where that is set; and the public listener.
///
/// Started and stopped from synchronous code.
package final class APIServer: Sendable {
    private let ports: [Listener.Kind: Int]
    private let group: ServiceGroup
    private let task: Task<Void, any Error>
    private let ended: Promise<Void>
    private let socketFile: SocketFile
    /// Of the TCP listener, where it has any.
    private let tokens: TokenList?

    /// Listens, and returns when every listener does; throws a ``ServerError`` otherwise.
    ///
    /// Call it with the instance lock held: a socket file that lies there is taken over.
    package static func start(
        _ settings: ServerSettings,
        handler: APIHandler,
        logger: Logger
    ) throws(ServerError) -> APIServer {
        let socketFile = try SocketFile(settings.socket)
        let access = try settings.tcp.map { tcp throws(ServerError) in try tcp.access() }
        let maker = ListenerMaker(handler: handler, logger: logger)
        var listeners = [maker.socket(settings.socket)]
        if let tcp = settings.tcp, let access { listeners.append(maker.tcp(tcp, access)) }
        if let settings = settings.public { listeners.append(maker.public(settings)) }
        let server = try socketFile.withoutAccess { () throws(ServerError) in
            try APIServer(listeners, access: access, socketFile: socketFile, logger: logger)
        }
        do {
            try socketFile.makeAccessible()
        } catch {
            server.stop(timeout: .zero)
            throw error
        }
        return server
    }

    private init(
        _ listeners: [Listener],
        access: AccessRules?,
        socketFile: SocketFile,
        logger: Logger
    ) throws(ServerError) {
        if case .tokens(let list) = access { tokens = list } else { tokens = nil }
        self.socketFile = socketFile
        let running = listeners.map { _ in Promise<Result<Int?, ServerError>>() }
        // One loop for all: it hands on what takes time.
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let services = zip(listeners, running).map { listener, running in
            listener.service(running: running, on: loop, logger: logger)
        }
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { service in
                    // A listener that cannot start takes the others down in good order.
                    .init(
                        service: service,
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    )
                },
                logger: logger
            )
        )
        let ended = Promise<Void>()
        self.group = group
        self.ended = ended
        task = Task(executorPreference: EventLoopExecutor(loop)) {
            defer { ended.fulfil(()) }
            try await group.run()
        }
        var ports: [Listener.Kind: Int] = [:]
        for (listener, running) in zip(listeners, running) {
            switch running.wait() {
            case .success(let port): ports[listener.kind] = port
            case .failure(let error):
                _ = ended.wait()
                socketFile.remove()
                throw error
            case nil: preconditionFailure("a wait without time-out has a value")
            }
        }
        self.ports = ports
    }

    /// The TCP port of the API; nil without TCP.
    package var tcpPort: Int? { ports[.tcp] }

    /// The port of the public listener; nil without one.
    package var publicPort: Int? { ports[.public] }

    /// Has other tokens be valid on the TCP listener, where tokens are asked for at all.
    package func replaceTokens(_ fresh: [UserToken]) {
        tokens?.replace(with: fresh)
    }

    /// Takes no new connection, lets answers under way be finished up to `timeout`, and closes.
    package func stop(timeout: Duration) {
        Task { [group] in await group.triggerGracefulShutdown() }
        let milliseconds = Int(timeout / .milliseconds(1))
        if ended.wait(timeout: .now() + .milliseconds(milliseconds)) == nil {
            task.cancel()
            _ = ended.wait()
        }
        socketFile.remove()
    }
}

extension TCPSettings {
    /// The rules for calls over this listener.
    fileprivate func access() throws(ServerError) -> AccessRules {
        guard tokens.isEmpty else { return .tokens(TokenList(tokens)) }
        guard LoopbackName.matches(host: host) else { throw .openToOthers(host) }
        return .openLoopback
    }
}
