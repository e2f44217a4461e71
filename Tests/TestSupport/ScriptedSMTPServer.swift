import Dispatch
import Glibc
import Synchronization

/// A small SMTP server on 127.0.0.1 that answers, stalls and hangs up as a test tells it.
///
/// A thread for each connection reads and writes a real TCP socket. Everything may be called on any
/// thread.
package final class ScriptedSMTPServer: Sendable {
    /// A message whose final dot has arrived.
    package struct Message: Sendable, Equatable {
        package var sender: String
        package var recipients: [String]
        /// The content without dot-stuffing and without the final dot.
        package var content: [UInt8]
        /// The number of its connection, from 0.
        package var connection: Int

        package init(sender: String, recipients: [String], content: [UInt8], connection: Int) {
            self.sender = sender
            self.recipients = recipients
            self.content = content
            self.connection = connection
        }
    }

    /// Decides about every event; it runs on the connection's thread.
    package typealias Script = @Sendable (SMTPScriptEvent) -> SMTPScriptAction

    /// The service extensions of a server that is well.
    package static let usualExtensions = ["PIPELINING", "SIZE 50000000", "ENHANCEDSTATUSCODES"]

    /// The port it listens on.
    package let port: UInt16
    /// Every command line of every connection, in order of arrival.
    package let commands = Recorder<String>()
    /// The command lines that arrived before the command ahead of them was answered.
    package let earlyCommands = Recorder<String>()
    /// Every message whose final dot arrived, whatever was answered, in order.
    package let dots = Recorder<Message>()
    /// Every message that a reply 2xx to the final dot was decided for, in order.
    package let accepted = Recorder<Message>()
    /// The number of each connection as it is accepted.
    package let connections = Recorder<Int>()
    /// The number of each connection as it ends.
    package let endedConnections = Recorder<Int>()

    let extensions: [String]
    let script: Script
    private let listener: Int32
    /// The open connections' sockets by number; nil once stopped.
    private let sockets = Mutex<[Int: Int32]?>([:])

    /// Starts to listen on a port, a free one for 0.
    ///
    /// An extension `AUTH PLAIN LOGIN` makes clients log in.
    package init(
        port: UInt16 = 0,
        extensions: [String] = usualExtensions,
        script: @escaping Script = { _ in .proceed }
    ) throws {
        (listener, self.port) = try Self.listen(port)
        self.extensions = extensions
        self.script = script
        startThread { self.acceptConnections() }
    }

    /// Stops listening and cuts every connection.
    package func stop() {
        let open = sockets.withLock { sockets in
            defer { sockets = nil }
            return sockets.map { [listener] + $0.values } ?? []
        }
        for socket in open { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    private func acceptConnections() {
        var number = 0
        while true {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { break }
            Self.sendRepliesAtOnce(on: socket)
            let isRunning = sockets.withLock { sockets in
                sockets?[number] = socket
                return sockets != nil
            }
            guard isRunning else {
                close(socket)
                break
            }
            connections.append(number)
            startThread { [number] in
                ScriptedSMTPServerConnection(server: self, socket: socket, number: number).serve()
                self.end(number, socket)
            }
            number += 1
        }
        close(listener)
    }

    private func end(_ number: Int, _ socket: Int32) {
        sockets.withLock { sockets in
            sockets?[number] = nil
            close(socket)
        }
        endedConnections.append(number)
    }
}

extension ScriptedSMTPServer {
    /// The system refused a socket or the port.
    package struct ListenFailure: Error {
        package let errno: Int32
    }

    private static func listen(_ port: UInt16) throws -> (listener: Int32, port: UInt16) {
        let listener = socket(
            AF_INET,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            0
        )
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutableBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { address in
                guard bind(listener, address.baseAddress, size) == 0,
                    Glibc.listen(listener, 128) == 0
                else { return Int32(-1) }
                return getsockname(listener, address.baseAddress, &size)
            }
        }
        guard code == 0 else {
            let failure = ListenFailure(errno: errno)
            close(listener)
            throw failure
        }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// Without this the second of two replies in a row waits 40 ms for the client's ACK.
    private static func sendRepliesAtOnce(on socket: Int32) {
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
    }

    /// Runs blocking work on a thread of its own.
    private func startThread(_ work: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let work: @Sendable () -> Void
            init(_ work: @escaping @Sendable () -> Void) { self.work = work }
        }
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            },
            Unmanaged.passRetained(Box(work)).toOpaque()
        )
        precondition(code == 0, "the system has no thread for a test server")
        pthread_detach(thread)
    }
}
