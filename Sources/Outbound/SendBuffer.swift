import Glibc

/// Bytes on their way to a server, at an address that stays the same while they wait.
///
/// OpenSSL demands that a write which could not be finished is repeated with the same bytes at the
/// same address (`SSL_write(3)`, "bad write retry"), which an array does not promise.
final class SendBuffer {
    /// The memory that is kept when the buffer is empty; more is given back.
    static let retainedBytesMax = 65_536

    /// The most that is handed over at once, so that a large content shows its progress.
    static let chunkBytesMax = 65_536

    private var storage = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 1)
    private var count = 0
    private var sent = 0

    deinit {
        storage.deallocate()
    }

    /// Whether everything has been sent.
    var isEmpty: Bool { sent == count }

    /// The next bytes to send: the same at each call, until `advance` or an addition.
    var nextChunk: UnsafeRawBufferPointer {
        let end = min(count, sent + Self.chunkBytesMax)
        return UnsafeRawBufferPointer(rebasing: storage[sent..<end])
    }

    /// Notes that the first `bytes` of what is left were handed over.
    func advance(by bytes: Int) {
        sent += bytes
        guard isEmpty else { return }
        sent = 0
        count = 0
        if storage.count > Self.retainedBytesMax { resize(to: Self.retainedBytesMax) }
    }

    /// Adds text.
    func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Adds bytes as they are.
    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        if storage.count - count < bytes.count { resize(to: 2 * (count + bytes.count)) }
        storage.baseAddress?.advanced(by: count).copyMemory(from: base, byteCount: bytes.count)
        count += bytes.count
    }

    /// Adds a message's content in the form that follows DATA, with the final dot.
    ///
    /// A dot at the start of a line is doubled (RFC 5321 section 4.5.2), the last line gets a line
    /// end if it has none, and a bare LF becomes CRLF: some servers take a dot between bare LFs
    /// for the end of the message, and what follows for commands.
    func appendContent(_ content: [UInt8]) {
        content.withUnsafeBytes { bytes in
            var line = bytes[...]
            while let end = line.firstLineFeed {
                if line.first == UInt8(ascii: ".") { append(".") }
                let hasReturn = end > line.startIndex && line[end - 1] == UInt8(ascii: "\r")
                if hasReturn {
                    append(UnsafeRawBufferPointer(rebasing: line[...end]))
                } else {
                    append(UnsafeRawBufferPointer(rebasing: line[..<end]))
                    append("\r\n")
                }
                line = line[(end + 1)...]
            }
            if line.first == UInt8(ascii: ".") { append(".") }
            append(UnsafeRawBufferPointer(rebasing: line))
            if !line.isEmpty { append("\r\n") }
        }
        append(".\r\n")
    }

    private func resize(to capacity: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<count]))
        storage.deallocate()
        storage = larger
    }
}

extension Slice<UnsafeRawBufferPointer> {
    /// The index of the first LF, or nil.
    fileprivate var firstLineFeed: Int? {
        let bytes = UnsafeRawBufferPointer(rebasing: self)
        guard let base = bytes.baseAddress,
            let found = memchr(base, Int32(UInt8(ascii: "\n")), bytes.count)
        else { return nil }
        return startIndex + (UnsafeRawPointer(found) - base)
    }
}
