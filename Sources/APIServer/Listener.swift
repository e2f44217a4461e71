import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// One address to listen on, and who answers there.
struct Listener: Sendable {
    /// The address for messages.
    let name: String
    let address: BindAddress
    let responder: Responder

    /// The service that listens; `running` gets the TCP port, if it has one, or why it cannot.
    func service(
        running: Promise<Result<Int?, ServerError>>,
        logger: Logger
    ) -> any Service {
        let channel = HTTP1Channel(
            responder: { [responder] request, writer, channel in
                try await responder.respond(to: request, writer, channel)
            },
            configuration: .init(
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
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
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
