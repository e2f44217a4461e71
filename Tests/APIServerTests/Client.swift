import APITypes
import FoundationEssentials
import Glibc

enum ClientError: Error {
    case folder, connect(Int32), closed, timedOut, refused
}

/// A client that says exactly what it is told to say, and reads what comes.
final class Client {
    private let descriptor: Int32
    private var unread: [UInt8] = []

    convenience init(socket path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        try self.init(AF_UNIX, address)
    }

    convenience init(port: Int) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        try self.init(AF_INET, address)
    }

    private init<Address>(_ family: Int32, _ address: Address) throws {
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
        let result = withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                Glibc.connect(descriptor, pointer.baseAddress, socklen_t(bytes.count))
            }
        }
        guard result == 0 else { throw ClientError.connect(errno) }
    }

    deinit { close(descriptor) }

    // MARK: Saying

    func say(_ text: String) throws { try say(Array(text.utf8)) }

    /// Sends the bytes; false if the server closed the connection before it took them all.
    @discardableResult
    func say(_ bytes: [UInt8]) throws -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Says that nothing more comes, and goes on reading.
    func finishSaying() { shutdown(descriptor, Int32(SHUT_WR)) }

    // MARK: Reading

    struct Answer: Sendable {
        var status: Int
        /// Names in lower case.
        var headers: [String: String]
        var body: String
    }

    /// A whole request and its answer.
    func call(
        _ method: String,
        _ target: String,
        headers: [String] = [],
        body: String? = nil
    ) throws -> Answer {
        var lines = ["\(method) \(target) HTTP/1.1"]
        if !headers.contains(where: { $0.hasPrefix("Host:") }) { lines.append("Host: localhost") }
        lines += headers
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        try say(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        return try readAnswer(hasBody: method != "HEAD")
    }

    func readAnswer(hasBody: Bool = true) throws -> Answer {
        let head = try read(through: "\r\n\r\n").split(separator: "\r\n").map(String.init)
        let status = Int(head[0].split(separator: " ")[1]) ?? 0
        var headers: [String: String] = [:]
        for line in head.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        var body = ""
        if hasBody, let length = headers["content-length"].flatMap({ Int($0) }) {
            body = try read(count: length)
        } else if hasBody, headers["transfer-encoding"] == "chunked" {
            while true {
                let size = Int(try read(through: "\r\n").dropLast(), radix: 16) ?? 0
                body += try read(count: size)
                _ = try read(through: "\r\n")
                if size == 0 { break }
            }
        }
        return Answer(status: status, headers: headers, body: body)
    }

    /// Reads up to and including `end`.
    func read(through end: String) throws -> String {
        while true {
            let text = String(decoding: unread, as: UTF8.self)
            if let range = text.firstRange(of: end) {
                let found = text[..<range.upperBound]
                unread.removeFirst(found.utf8.count)
                return String(found)
            }
            try receive()
        }
    }

    /// Whether the server has closed the connection; waits until it does, or something comes.
    func isClosed() throws -> Bool {
        do { try receive() } catch ClientError.closed { return true }
        return false
    }

    private func read(count: Int) throws -> String {
        while unread.count < count { try receive() }
        defer { unread.removeFirst(count) }
        return String(decoding: unread.prefix(count), as: UTF8.self)
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { throw ClientError.timedOut }
        guard count > 0 else { throw ClientError.closed }
        unread += buffer.prefix(count)
    }
}

extension Client {
    /// Enqueues a small campaign, the first of its store, with all it needs.
    func enqueue() throws {
        let list = try call(
            "POST",
            "/api/lists/import?name=l",
            headers: ["Content-Type: text/csv"],
            body: "phone\n+19498671145\n"
        )
        let template = try call(
            "POST",
            "/api/templates",
            body: #"{"name":"n","channel":"sms","text":"hi"}"#
        )
        let contents = try [list, template].map { try JSONValue(parsing: Array($0.body.utf8)) }
        let spec: JSONValue = [
            "spec": [
                "name": "n", "channel": ["sms"],
                "contactListId": [contents[0]["contactListId"] ?? .null],
                "settings": [
                    "sms": [
                        "shortCode": "12345", "templateId": contents[1]["templateId"] ?? .null,
                    ]
                ],
            ]
        ]
        let body = String(decoding: try JSONCoding.encode(spec), as: UTF8.self)
        guard try call("POST", "/api/jobs", body: body).status == 201 else {
            throw ClientError.refused
        }
    }
}
