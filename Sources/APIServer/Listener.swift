import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// One address to listen on, and who answers there.
struct Listener: Sendable {
    let address: BindAddress
    let responder: Responder

    /// The service that listens; `running` gets the TCP port, if it has one, or why it cannot.
    func service(
        on eventLoops: any EventLoopGroup, running: Promise<Result<Int?, ServerError>>,
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
                    maxHeaderFieldCount: ServerLimits.headerCount)))
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: address,
                availableConnectionsDelegate: .maximum(ServerLimits.connections, logger: logger)),
            onServerRunning: { channel in
                running.fulfil(.success(channel.localAddress?.port))
            },
            eventLoopGroup: eventLoops, logger: logger)
        return ListenerService(server: server, address: address, running: running)
    }
}

/// A server whose failure to start is told.
private struct ListenerService: Service {
    let server: Server<HTTP1Channel>
    let address: BindAddress
    let running: Promise<Result<Int?, ServerError>>

    func run() async throws {
        do {
            try await server.run()
        } catch {
            running.fulfil(.failure(.cannotListen("\(address)", reason: "\(error)")))
            throw error
        }
        running.fulfil(.failure(.cannotListen("\(address)", reason: "it was stopped")))
    }
}
