import Glibc
import Synchronization

/// The part of a scripted server that is the same for every protocol: it listens on 127.0.0.1 and
/// gives each connection a thread.
///
/// Everything may be called on any thread.
package final class LoopbackServer: Sendable {
    /// The port it listens on.
    package let port: UInt16
    /// The number of each connection, from 0, as it is accepted.
    package let connections = Recorder<Int>()
    /// The number of each connection as it ends.
    package let endedConnections = Recorder<Int>()

    private let listener: Int32
    /// The open connections' sockets by number; nil once stopped.
    private let sockets = Mutex<[Int: Int32]?>([:])

    /// Listens on a port, a free one for 0; connections wait until `start`.
    package init(port: UInt16 = 0) throws {
        (listener, self.port) = try Self.listen(port)
    }

    /// Begins to accept; `serve` gets socket and number on a thread of the connection's own, and
    /// the socket is closed when it returns.
    package func start(serve: @escaping @Sendable (Int32, Int) -> Void) {
        startThread { self.acceptConnections(serve) }
    }

    /// Stops listening and cuts every connection.
    package func stop() {
        let open = sockets.withLock { sockets in
            defer { sockets = nil }
            return sockets.map { [listener] + $0.values } ?? []
        }
        for socket in open { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    private func acceptConnections(_ serve: @escaping @Sendable (Int32, Int) -> Void) {
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
                serve(socket, number)
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

extension LoopbackServer {
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

    /// Whether any process listens on a TCP port; asks the kernel, and connects to nobody.
    package static func isListening(_ port: UInt16) -> Bool {
        let digits = String(port, radix: 16, uppercase: true)
        let place = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        return (TestFile.text("/proc/net/tcp") ?? "").split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            return words.count > 3 && words[1].hasSuffix(place) && words[3] == "0A"
        }
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
