import Dispatch
import Glibc

/// A small SMTP server that takes every message and answers its final dot late; runs until killed.
///
/// Each connection has a thread: there are a few hundred at most.
struct SlowSink {
    let port: UInt16
    let delayMilliseconds: Int

    func run() throws -> Never {
        let listener = try ListeningSocket(port: port)
        while true {
            let connection = accept(listener.descriptor, nil, nil)
            guard connection >= 0 else { throw BenchFailure("accepting: errno \(errno)") }
            // Each command of a pipeline is answered in a write of its own: without this the second
            // answer waits 40 ms for the acknowledgement of the first (RFC 1122, 4.2.3.2 and 4.2.3.4).
            var yes: Int32 = 1
            setsockopt(
                connection,
                Int32(IPPROTO_TCP),
                TCP_NODELAY,
                &yes,
                socklen_t(MemoryLayout<Int32>.size)
            )
            let thread = DispatchQueue(label: "connection")
            thread.async { [delayMilliseconds] in
                var session = Session(connection, delayMilliseconds)
                session.serve()
            }
        }
    }

    private struct Session {
        private let connection: Int32
        private let delayMilliseconds: Int
        private var bytes: [UInt8] = []

        init(_ connection: Int32, _ delayMilliseconds: Int) {
            self.connection = connection
            self.delayMilliseconds = delayMilliseconds
        }

        mutating func serve() {
            defer { close(connection) }
            reply("220 sink ESMTP")
            while let line = next(upTo: "\r\n") {
                switch line.prefix(4).uppercased() {
                case "EHLO": reply("250-sink\r\n250-PIPELINING\r\n250 8BITMIME")
                case "DATA":
                    reply("354 go on")
                    guard next(upTo: "\r\n.\r\n") != nil else { return }
                    usleep(UInt32(delayMilliseconds) * 1_000)
                    reply("250 2.0.0 taken")
                case "QUIT": return reply("221 bye")
                default: reply("250 2.0.0 ok")
                }
            }
        }

        /// The bytes before a mark, which is taken too; nil when the other side is gone.
        private mutating func next(upTo mark: String) -> String? {
            let mark = Array(mark.utf8)
            while true {
                if let start = bytes.firstIndex(of: mark) {
                    defer { bytes.removeFirst(start + mark.count) }
                    return String(decoding: bytes[..<start], as: UTF8.self)
                }
                var part = [UInt8](repeating: 0, count: 16_384)
                let count = recv(connection, &part, part.count, 0)
                guard count > 0 else { return nil }
                bytes += part[..<count]
            }
        }

        private func reply(_ text: String) {
            let bytes = Array((text + "\r\n").utf8)
            send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }
}

extension [UInt8] {
    /// Where the other bytes begin in these; nil if they do not.
    fileprivate func firstIndex(of other: [UInt8]) -> Int? {
        guard count >= other.count else { return nil }
        return (0...count - other.count).first { self[$0..<$0 + other.count].elementsEqual(other) }
    }
}
