import CampaignAPI
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Reads the body of one request within the server's limits.
struct BodyReader {
    /// Whether nothing of the body is left on the connection.
    private(set) var isRead: Bool

    private var iterator: RequestBody.AsyncIterator
    private var count = 0
    /// The length announced; nil for a chunked body.
    private let announced: Int?
    private let limit: Int?
    private let channel: any Channel

    init(_ request: Request, limit: Int?, channel: any Channel) {
        iterator = request.body.makeAsyncIterator()
        announced = request.headers[.contentLength].flatMap { Int($0) }
        isRead =
            request.headers[.transferEncoding] == nil && (announced ?? 0) == 0
        self.limit = limit
        self.channel = channel
    }

    /// All of it.
    mutating func whole(limit: Int) async throws -> [UInt8] {
        let limit = min(limit, self.limit ?? limit)
        try checkAnnounced(limit)
        // The connection of a client that takes too long is closed under it.
        let deadline = closeChannel(after: ServerLimits.wholeBody)
        defer { deadline.cancel() }
        var bytes: [UInt8] = []
        while let piece = try await next(limit: limit) { bytes += piece }
        return bytes
    }

    /// Nothing of it: the route takes none, so a short one is read away and a long one refused.
    mutating func skip() async throws {
        _ = try await whole(limit: Self.skippedBytes)
    }

    /// Hands all of it on, piece by piece, with how it ended.
    mutating func stream(into pipe: BodyPipe, limit: Int) async {
        do {
            let limit = min(limit, self.limit ?? limit)
            try checkAnnounced(limit)
            let start = ContinuousClock.now
            while let piece = try await next(limit: limit) {
                guard await pipe.push(piece) else { return }
                try checkRate(since: start)
            }
            pipe.finish(.success(()))
        } catch {
            pipe.finish(.failure(error))
        }
    }

    /// Reads and drops the rest for a while: a client that is still sending would not see the
    /// answer if the connection were reset under it.
    mutating func discard() async {
        let deadline = closeChannel(after: ServerLimits.discard)
        defer { deadline.cancel() }
        let limit = count + ServerLimits.discardedBytes
        while let piece = try? await next(limit: limit), !piece.isEmpty {}
    }

    private mutating func next(limit: Int) async throws -> [UInt8]? {
        while !isRead {
            guard let buffer = try await iterator.next() else {
                isRead = true
                guard announced == nil || announced == count else {
                    throw BodyError.cutOff("the body ended before its announced length")
                }
                break
            }
            count += buffer.readableBytes
            guard count <= limit else { throw Problem(BodyError.tooLarge(limit: limit)) }
            if buffer.readableBytes > 0 { return Array(buffer.readableBytesView) }
        }
        return nil
    }

    private func checkAnnounced(_ limit: Int) throws {
        if let announced, announced > limit { throw Problem(BodyError.tooLarge(limit: limit)) }
    }

    /// A client may not hold one of the few places for uploads by sending a byte a second.
    private func checkRate(since start: ContinuousClock.Instant) throws {
        guard limit != nil else { return }
        let elapsed = ContinuousClock.now - start
        guard
            elapsed < ServerLimits.rateAfter
                || count >= Int(elapsed.components.seconds) * ServerLimits.bytesPerSecond
        else {
            throw BodyError.cutOff(
                "the upload came at less than \(ServerLimits.bytesPerSecond) bytes a second"
            )
        }
    }

    private func closeChannel(after span: TimeAmount) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: span) { [channel] in
            channel.close(mode: .all, promise: nil)
        }
    }

    private static let skippedBytes = 64 * 1_024
}
