/// Cuts a stream of bytes into lines, without holding more than one of them and one piece.
struct LineReader {
    /// One line, without its end.
    struct Line {
        /// From 1.
        var number: Int
        var bytes: [UInt8]
    }

    /// The most bytes of a line.
    static let maximumLineBytes = 1_000_000

    private let source: any ByteSource
    private var piece: ArraySlice<UInt8> = []
    private var isAtEnd = false
    private var number = 0

    init(_ source: any ByteSource) {
        self.source = source
    }

    /// The next line that is not blank; nil at the end.
    mutating func next() throws -> Line? {
        while let line = try nextLine() {
            if line.bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
                return line
            }
        }
        return nil
    }

    private mutating func nextLine() throws -> Line? {
        var bytes: [UInt8] = []
        while true {
            if let end = piece.firstIndex(of: 0x0A) {
                bytes += piece[..<end]
                piece = piece[(end + 1)...]
                break
            }
            bytes += piece
            piece = []
            guard bytes.count <= Self.maximumLineBytes else { break }
            guard let next = try source.next() else {
                isAtEnd = true
                break
            }
            piece = next[...]
        }
        number += 1
        guard bytes.count <= Self.maximumLineBytes else {
            throw Problem(
                .tooLarge,
                "line \(number) is longer than \(Self.maximumLineBytes) bytes"
            )
        }
        return isAtEnd && bytes.isEmpty ? nil : Line(number: number, bytes: bytes)
    }
}

extension APIBody {
    /// The body piece by piece; throws when it grows beyond `limit`.
    func source(limit: Int) -> any ByteSource {
        switch self {
        case .none: BoundedSource(WholeSource([]), limit: limit)
        case .bytes(let bytes): BoundedSource(WholeSource(bytes), limit: limit)
        case .stream(let source): BoundedSource(source, limit: limit)
        }
    }
}
