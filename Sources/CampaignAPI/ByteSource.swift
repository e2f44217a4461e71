import Synchronization

/// Bytes that come or go in pieces; called by one thread at a time.
package protocol ByteSource: Sendable {
    /// The next piece, never empty; nil at the end, and again after it. It may block.
    func next() throws -> [UInt8]?
}

/// The body of a request was cut off or grew too large while it was read.
package enum BodyError: Error, Sendable, Equatable {
    /// More bytes came than the route takes.
    case tooLarge(limit: Int)
    /// The client went away, or sent nothing for too long.
    case cutOff(String)
}

/// Bytes that are there already.
final class WholeSource: ByteSource {
    private let bytes: Mutex<[UInt8]>

    init(_ bytes: [UInt8]) {
        self.bytes = Mutex(bytes)
    }

    func next() -> [UInt8]? {
        bytes.withLock { bytes in
            defer { bytes = [] }
            return bytes.isEmpty ? nil : bytes
        }
    }
}

/// Another source, as long as it keeps within a limit.
final class BoundedSource: ByteSource {
    private let source: any ByteSource
    private let limit: Int
    private let count = Atomic<Int>(0)

    init(_ source: any ByteSource, limit: Int) {
        self.source = source
        self.limit = limit
    }

    func next() throws -> [UInt8]? {
        guard let piece = try source.next() else { return nil }
        let total = count.wrappingAdd(piece.count, ordering: .relaxed).newValue
        guard total <= limit else { throw BodyError.tooLarge(limit: limit) }
        return piece
    }
}
