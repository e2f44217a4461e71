import CampaignAPI
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// One address to listen on, and who answers there.
struct Listener: Sendable {
    /// What is served there.
    enum Kind: String, Sendable {
        /// The API on the Unix socket.
        case socket
        /// The API on TCP.
        case tcp
        /// What the world may reach.
        case `public`
    }

    let kind: Kind
    /// The address for messages.
    let name: String
    let address: BindAddress
    let responder: Responder

    /// The service that listens; `running` gets the TCP port, if it has one, or why it cannot.
    func service(
        running: Promise<Result<Int?, ServerError>>,
        on loop: any EventLoop,
        logger: Logger
    ) -> any Service {
        let channel = HTTP1Channel(
            responder: { [responder] request, writer, channel in
                try await responder.respond(to: request, writer, channel)
            },
            configuration: .init(
                additionalChannelHandlers: [HeadDeadline(ServerLimits.head)],
                idleTimeout: ServerLimits.idle,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: ServerLimits.headerBytes,
                    maxHeaderListSize: ServerLimits.headerBytes,
                    maxHeaderFieldCount: ServerLimits.headerCount
                )
            )
        )
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: address,
                availableConnectionsDelegate: .maximum(ServerLimits.connections, logger: logger)
            ),
            onServerRunning: { channel in
                running.fulfil(.success(channel.localAddress?.port))
            },
            eventLoopGroup: loop,
            logger: logger
        )
        return ListenerService(server: server, name: name, running: running)
    }
}

/// A server whose failure to start is told.
private struct ListenerService: Service {
    let server: Server<HTTP1Channel>
    let name: String
    let running: Promise<Result<Int?, ServerError>>

    func run() async throws {
        do {
            try await server.run()
        } catch {
            running.fulfil(.failure(.cannotListen(name, reason: "\(error)")))
            throw error
        }
        running.fulfil(.failure(.cannotListen(name, reason: "it was stopped")))
    }
}

/// Makes the listeners that settings ask for.
struct ListenerMaker {
    let handler: APIHandler
    let logger: Logger

    func socket(_ settings: SocketSettings) -> Listener {
        Listener(
            kind: .socket,
            name: settings.path,
            address: .unixDomainSocket(path: settings.path),
            responder: responder(.socket, handler, .socket, maximumBodyBytes: nil)
        )
    }

    func tcp(_ settings: TCPSettings, _ access: AccessRules) -> Listener {
        Listener(
            kind: .tcp,
            name: "\(settings.host):\(settings.port)",
            address: .hostname(settings.host, port: settings.port),
            responder: responder(.tcp, handler, access, maximumBodyBytes: settings.maximumBodyBytes)
        )
    }

    func `public`(_ settings: PublicSettings) -> Listener {
        Listener(
            kind: .public,
            name: "\(settings.host):\(settings.port)",
            address: .hostname(settings.host, port: settings.port),
            responder: responder(
                .public,
                APIHandler(publicOf: handler),
                .public,
                maximumBodyBytes: settings.maximumBodyBytes
            )
        )
    }

    private func responder(
        _ kind: Listener.Kind,
        _ handler: APIHandler,
        _ access: AccessRules,
        maximumBodyBytes: Int?
    ) -> Responder {
        Responder(
            handler: handler,
            access: access,
            maximumBodyBytes: maximumBodyBytes,
            label: kind.rawValue,
            logger: logger
        )
    }
}
