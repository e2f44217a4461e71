import Glibc

/// A small HTTP/1.1 server on 127.0.0.1 that answers, stalls and hangs up as a test tells it.
///
/// Everything may be called on any thread.
package final class ScriptedHTTPServer: Sendable {
    /// A request, as far as it has been read.
    package struct Request: Sendable {
        package var method: String
        /// Path and query, as sent.
        package var target: String
        /// In order, names in lower case.
        package var headers: [(name: String, value: String)]
        package var body: [UInt8]
        /// The number of its connection, from 0.
        package var connection: Int
        /// How many requests this connection carried before.
        package var requestsBefore: Int

        /// The value of the first header of this lower-case name.
        package subscript(header name: String) -> String? {
            headers.first { $0.name == name }?.value
        }

        /// The body as text.
        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// A moment at which the server can do something.
    package enum Stage: Sendable, CaseIterable {
        /// The request line has arrived; nothing else is known yet.
        case requestLine
        /// The head has arrived. `proceed` reads the body.
        case head
        /// The whole request has arrived. `proceed` answers 200 without a body.
        case request
    }

    /// What the server does.
    package enum Action: Sendable {
        case proceed
        /// A complete reply.
        case reply(Int, headers: [(String, String)] = [], body: String = "")
        /// These bytes, and the connection is closed.
        case breakOff(after: String)
        /// The connection is closed without a word.
        case hangUp
        /// Nothing, until the other side hangs up.
        case stall
    }

    /// Decides about every stage of every request; it runs on the connection's thread and may
    /// block.
    package typealias Script = @Sendable (Stage, Request) -> Action

    package var port: UInt16 { tcp.port }
    /// Such as `http://127.0.0.1:40000`.
    package var url: String { "http://127.0.0.1:\(port)" }
    /// Every request whose request line has arrived, as far as it was known then.
    package let begun = Recorder<Request>()
    /// Every request that has arrived whole.
    package let requests = Recorder<Request>()
    package var connections: Recorder<Int> { tcp.connections }

    let script: Script
    private let tcp: LoopbackServer

    /// Starts to listen on a port, a free one for 0.
    package init(port: UInt16 = 0, script: @escaping Script = { _, _ in .proceed }) throws {
        tcp = try LoopbackServer(port: port)
        self.script = script
        tcp.start { socket, number in
            var connection = ScriptedHTTPServerConnection(self, socket: socket, number: number)
            connection.serve()
        }
    }

    /// Stops listening and cuts every connection.
    package func stop() {
        tcp.stop()
    }
}

/// One connection of a `ScriptedHTTPServer`, served on its own thread until it ends.
struct ScriptedHTTPServerConnection {
    private enum Ended: Error {
        case now
    }

    private let server: ScriptedHTTPServer
    private let socket: Int32
    private let number: Int
    private var input: [UInt8] = []
    private var requestCount = 0

    init(_ server: ScriptedHTTPServer, socket: Int32, number: Int) {
        self.server = server
        self.socket = socket
        self.number = number
    }

    mutating func serve() {
        do {
            while true { try takeRequest() }
        } catch {}
    }

    private mutating func takeRequest() throws {
        let line = try readLine().split(separator: " ")
        guard line.count == 3 else { throw Ended.now }
        var request = ScriptedHTTPServer.Request(
            method: String(line[0]),
            target: String(line[1]),
            headers: [],
            body: [],
            connection: number,
            requestsBefore: requestCount
        )
        requestCount += 1
        server.begun.append(request)
        guard try act(.requestLine, request) else { return }
        while case let line = try readLine(), !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
            request.headers.append((parts[0].lowercased(), String(value)))
        }
        guard try act(.head, request) else { return }
        request.body = try readBody(Int(request[header: "content-length"] ?? "0") ?? 0)
        server.requests.append(request)
        if try act(.request, request) { try reply(200, [], "") }
    }

    /// Does what the script says; tells whether that was to proceed.
    private mutating func act(
        _ stage: ScriptedHTTPServer.Stage,
        _ request: ScriptedHTTPServer.Request
    ) throws -> Bool {
        switch server.script(stage, request) {
        case .proceed: return true
        case .reply(let status, let headers, let body): try reply(status, headers, body)
        case .breakOff(let text):
            try send(text)
            throw Ended.now
        case .hangUp: throw Ended.now
        case .stall: while true { try readMore() }
        }
        return false
    }

    private func reply(_ status: Int, _ headers: [(String, String)], _ body: String) throws {
        let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        let length = "Content-Length: \(body.utf8.count)\r\n"
        try send("HTTP/1.1 \(status) Scripted\r\n\(lines)\(length)\r\n\(body)")
    }

    private func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Ended.now }
            sent += count
        }
    }

    /// The next line, without its CRLF.
    private mutating func readLine() throws -> String {
        while true {
            if let end = input.firstIndex(of: UInt8(ascii: "\n")) {
                defer { input.removeSubrange(...end) }
                return String(decoding: input[..<end].filter { $0 != 13 }, as: UTF8.self)
            }
            try readMore()
        }
    }

    private mutating func readBody(_ count: Int) throws -> [UInt8] {
        while input.count < count { try readMore() }
        defer { input.removeSubrange(..<count) }
        return Array(input[..<count])
    }

    private mutating func readMore() throws {
        let socket = socket
        let block = [UInt8](unsafeUninitializedCapacity: 65_536) { bytes, count in
            count = max(0, recv(socket, bytes.baseAddress, bytes.count, 0))
        }
        guard !block.isEmpty else { throw Ended.now }
        input += block
    }
}
