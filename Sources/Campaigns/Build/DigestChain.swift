import Crypto

/// The digest of a build: SHA-256 over the digest so far and everything in the next chunk.
struct DigestChain {
    private var hash = SHA256()

    /// Goes on from the hexadecimal digest of the chunks before; empty at the start.
    init(_ before: String) {
        add(before)
    }

    /// Adds a message as it would leave.
    mutating func add(_ channel: Channel, _ recipient: String, _ content: RenderedContent) {
        add(channel.rawValue)
        add(recipient)
        add(content.subject ?? "")
        add(content.text)
        add(content.html ?? "")
    }

    /// Adds a contact that gets no message.
    mutating func add(_ channel: Channel, _ recipient: String, _ exclusion: Exclusion) {
        add(channel.rawValue)
        add(recipient)
        add(exclusion.rawValue)
    }

    /// The digest in hexadecimal.
    func finish() -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in hash.finalize() {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Each part is ended by a byte that no text holds, so that parts cannot run together.
    private mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        withUnsafeBytes(of: UInt8(0xFF)) { hash.update(bufferPointer: $0) }
    }
}
