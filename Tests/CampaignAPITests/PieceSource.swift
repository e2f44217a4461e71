import CampaignAPI
import Synchronization

/// Bytes handed out in pieces of one size, then perhaps an error.
final class PieceSource: ByteSource {
    private let rest: Mutex<ArraySlice<UInt8>>
    private let size: Int
    private let error: (any Error)?

    init(_ bytes: [UInt8], size: Int, error: (any Error)? = nil) {
        rest = Mutex(bytes[...])
        self.size = size
        self.error = error
    }

    func next() throws -> [UInt8]? {
        let piece = rest.withLock { rest in
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
        if piece.isEmpty, let error { throw error }
        return piece.isEmpty ? nil : piece
    }
}
