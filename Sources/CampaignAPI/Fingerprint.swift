import APITypes
import Crypto

/// What tells one request as written from another: SHA-256 over method, path, query and body.
///
/// A JSON body counts by its value: another order of members, or other white space, is the same
/// request. Relative times count as they were written.
struct Fingerprint {
    private var hash = SHA256()
    /// What is not yet hashed: many short texts cost less together.
    private var pending: [UInt8] = []

    /// Begins with what stands in the request line.
    init(_ request: APIRequest) {
        add(request.method)
        add(request.path)
        for (name, value) in request.query {
            add(name)
            add(value)
        }
    }

    /// The fingerprint in hexadecimal digits.
    var text: String {
        var hash = hash
        hash.update(data: pending)
        let digits = Array("0123456789abcdef")
        return String(hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// Adds bytes of a body that is not JSON.
    mutating func add(_ bytes: [UInt8]) {
        flush()
        hash.update(data: bytes)
    }

    /// Adds a value: its kind, its length where it has one, and its content.
    mutating func add(_ value: JSONValue) {
        switch value {
        case .null: add("n")
        case .bool(let flag): add(flag ? "t" : "f")
        case .integer(let integer): add("i\(integer)")
        case .number(let number): add("d\(number)")
        case .string(let text): add("s" + text)
        case .array(let elements):
            add("a\(elements.count)")
            for element in elements { add(element) }
        case .object(let members):
            add("o\(members.count)")
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                add(name)
                add(value)
            }
        }
    }

    private mutating func add(_ text: String) {
        pending += String(text.utf8.count).utf8
        pending.append(UInt8(ascii: ":"))
        pending += text.utf8
        if pending.count >= Self.hashedAtOnce { flush() }
    }

    private mutating func flush() {
        hash.update(data: pending)
        pending.removeAll(keepingCapacity: true)
    }

    /// Bytes of short texts that are gathered.
    private static let hashedAtOnce = 4_096
}
