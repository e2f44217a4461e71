import Glibc
import Synchronization

/// Stands between a client and a real server, on real sockets, and does to requests what networks do.
package final class FaultProxy: Sendable {
    /// What is done to one request, or to its reply.
    package enum Fault: Sendable, Equatable, CaseIterable {
        case none
        /// The server never sees the request.
        case dropRequest
        /// The server sees the request cut: in its request line, its head, before its last byte.
        case cutRequestLine, cutRequestHead, cutRequestBody
        /// The server acts, and the reply is lost.
        case dropReply
        /// The reply is cut: in its status line, its head, its body.
        case cutStatusLine, cutReplyHead, cutReplyBody
        /// The client gets no reply, and the server sees the request after the next reading.
        case delay
        /// The server sees the request twice; the client gets the second reply.
        case duplicate
        /// A gateway's own answer, before or after the server acted.
        case error500Before, error500After, error502Before, error502After
    }

    private let upstream: UInt16
    private let fault: @Sendable (ScriptedHTTPServer.Request) -> Fault
    private let server = Mutex<ScriptedHTTPServer?>(nil)
    private let delayed = Mutex<[@Sendable () -> Void]>([])

    package init(
        to upstream: UInt16,
        fault: @escaping @Sendable (ScriptedHTTPServer.Request) -> Fault = { _ in .none }
    ) throws {
        self.upstream = upstream
        self.fault = fault
        let server = try ScriptedHTTPServer { [weak self] stage, request in
            guard stage == .request, let self else { return .proceed }
            return pass(request)
        }
        self.server.withLock { $0 = server }
    }

    package var url: String { server.withLock { $0?.url } ?? "" }
    package var requests: [ScriptedHTTPServer.Request] {
        server.withLock { $0?.requests.elements } ?? []
    }

    package func stop() { server.withLock { $0?.stop() } }

    /// Lets the requests through that were held back.
    private func passDelayed() {
        let requests = delayed.withLock { delayed in
            defer { delayed = [] }
            return delayed
        }
        for request in requests { request() }
    }

    private func pass(_ request: ScriptedHTTPServer.Request) -> ScriptedHTTPServer.Action {
        let bytes = Self.bytes(of: request)
        let head = Self.headLength(bytes)
        switch fault(request) {
        case .none:
            let reply = exchange(bytes)
            if request.method == "GET" { passDelayed() }
            return .breakOff(after: reply)
        case .dropRequest: return .hangUp
        case .cutRequestLine: return cut(bytes, to: 10)
        case .cutRequestHead: return cut(bytes, to: head / 2)
        case .cutRequestBody: return cut(bytes, to: bytes.count - 1)
        case .dropReply:
            _ = exchange(bytes)
            return .hangUp
        case .cutStatusLine: return .breakOff(after: String(exchange(bytes).prefix(9)))
        case .cutReplyHead:
            let reply = exchange(bytes)
            return .breakOff(after: String(reply.prefix(Self.headLength(Array(reply.utf8)) / 2)))
        case .cutReplyBody: return .breakOff(after: String(exchange(bytes).dropLast()))
        case .delay:
            delayed.withLock { $0.append { [self] in _ = exchange(bytes) } }
            return .hangUp
        case .duplicate:
            _ = exchange(bytes)
            return .breakOff(after: exchange(bytes))
        case .error500Before: return .reply(500, body: "oops")
        case .error502Before: return .reply(502, body: "<html>bad gateway</html>")
        case .error500After:
            _ = exchange(bytes)
            return .reply(500, body: "oops")
        case .error502After:
            _ = exchange(bytes)
            return .reply(502, body: "<html>bad gateway</html>")
        }
    }

    /// Sends the server the beginning of a request, hangs up on it, and then on the client.
    private func cut(_ bytes: [UInt8], to count: Int) -> ScriptedHTTPServer.Action {
        _ = exchange(Array(bytes.prefix(count)), waits: false)
        return .hangUp
    }

    // MARK: Bytes

    /// The request as it is handed on, on a connection that ends with it.
    private static func bytes(of request: ScriptedHTTPServer.Request) -> [UInt8] {
        var text = "\(request.method) \(request.target) HTTP/1.1\r\n"
        for (name, value) in request.headers where name != "connection" {
            text += "\(name): \(value)\r\n"
        }
        return Array((text + "connection: close\r\n\r\n").utf8) + request.body
    }

    private static func headLength(_ bytes: [UInt8]) -> Int {
        let end = Array("\r\n\r\n".utf8)
        for index in 0..<max(0, bytes.count - 3) where Array(bytes[index..<(index + 4)]) == end {
            return index + 4
        }
        return bytes.count
    }

    /// Sends bytes to the server and reads what it answers until it hangs up.
    private func exchange(_ bytes: [UInt8], waits: Bool = true) -> String {
        let descriptor = socket(
            AF_INET,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            0
        )
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = upstream.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                connect(descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard isConnected == 0 else { return "" }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return "" }
            sent += count
        }
        guard waits else { return "" }
        var reply: [UInt8] = []
        while true {
            let block = [UInt8](unsafeUninitializedCapacity: 65_536) { bytes, count in
                count = max(0, recv(descriptor, bytes.baseAddress, bytes.count, 0))
            }
            guard !block.isEmpty else { return String(decoding: reply, as: UTF8.self) }
            reply += block
        }
    }
}
