import Glibc
import JobQueue

/// Gets a call answered: by the daemon on its socket or, with none, by the file itself.
///
/// Between the two lie moments in which neither is to be had: a daemon that starts, migrates or
/// drains, another `campaignctl` that holds the lock. So both are tried in turn for a while.
final class Connection {
    private let place: DaemonPlace
    private let surroundings: Surroundings
    /// Whether the last call was answered by the file.
    private(set) var isOffline = false
    /// What a dead daemon left that the last call's opening of the file put right, in a sentence.
    private(set) var recovered: String?

    init(place: DaemonPlace, surroundings: Surroundings) {
        self.place = place
        self.surroundings = surroundings
    }

    /// The data folder that is worked on where no daemon answers.
    var folder: String { place.folder }

    /// The whole reply to a call, made again after a lost reply.
    ///
    /// A write must bear an idempotency key, so that a repeat has no second effect.
    func document(_ call: Call) throws -> (status: Int, body: [UInt8]) {
        try insist(on: call) { reply in (reply.status, try reply.wholeBody()) }
    }

    /// Hands the reply to a call on as it comes, until `consume` returns false.
    ///
    /// The call is made again only while nothing has come.
    func stream(_ call: Call, to consume: ([UInt8]) throws -> Bool) throws {
        try insist(on: call) { reply in
            guard reply.status < 300 else {
                throw CommandFailure(httpStatus: reply.status, body: try reply.wholeBody())
            }
            guard let first = try reply.next(), try consume(first) else { return }
            do {
                while let part = try reply.next(), try consume(part) {}
            } catch ReplyError.lost(let reason) {
                throw CommandFailure(
                    .temporary,
                    "the list broke off (\(reason)): what was printed is not all",
                    next: "run the command again"
                )
            }
        }
    }

    /// Lets time pass.
    func pause(_ span: Duration) { surroundings.pause(span) }

    // MARK: Trying

    private enum Try<Result> {
        case answered(Result)
        case obstacle(String)
    }

    private func insist<Result>(
        on call: Call,
        _ receive: (Reply) throws -> Result
    ) throws -> Result {
        let deadline = surroundings.now() + Self.patience
        var wait = Self.firstPause
        while true {
            let obstacle: String
            switch try attempt(call, isRepeat: wait > Self.firstPause, receive) {
            case .answered(let result): return result
            case .obstacle(let reason): obstacle = reason
            }
            guard surroundings.now() < deadline else { throw Self.gaveUp(obstacle) }
            guard call.canBeRepeated() else { throw Self.cannotRepeat(call, obstacle) }
            surroundings.pause(wait)
            wait = min(wait * 2, Self.longestPause)
        }
    }

    private func attempt<Result>(
        _ call: Call,
        isRepeat: Bool,
        _ receive: (Reply) throws -> Result
    ) throws -> Try<Result> {
        var wasDenied: String?
        for socket in place.sockets {
            switch try SocketClient.connect(to: socket) {
            case .absent: continue
            case .denied: wasDenied = socket
            case .busy(let reason): return .obstacle(reason)
            case .connected(let exchange):
                isOffline = false
                return try settle(isRepeat: isRepeat && call.isWrite, receive) {
                    try exchange.perform(call, patience: call.patience)
                }
            }
        }
        try FolderOwner.assume(of: place.folder)
        switch try surroundings.openFile(place.folder) {
        case .absent: throw wasDenied.map(Self.denied) ?? Self.noDaemon(place.folder)
        case .locked(let holder):
            return .obstacle(
                "\(place.folder) is held by \(holder ?? "another process"), which does not answer"
            )
        case .opened(let file):
            defer { file.close() }
            isOffline = true
            recovered = file.recovered
            return try settle(isRepeat: false, receive) { try file.perform(call) }
        }
    }

    /// Sees whether the reply is one to go on with, or says that the call is to be made again.
    ///
    /// - Parameter isRepeat: whether an earlier try of a write may still be under way; the daemon
    ///   answers 409 to its key until that has ended.
    private func settle<Result>(
        isRepeat: Bool,
        _ receive: (Reply) throws -> Result,
        _ perform: () throws -> Reply
    ) throws -> Try<Result> {
        do {
            let reply = try perform()
            if reply.status == Self.unavailable || isRepeat && reply.status == Self.conflict {
                let failure = CommandFailure(httpStatus: reply.status, body: try reply.wholeBody())
                guard failure.exit == .temporary else { throw failure }
                return .obstacle(failure.detail)
            }
            return .answered(try receive(reply))
        } catch ReplyError.lost(let reason) {
            return .obstacle(reason)
        }
    }

    // MARK: Bounds

    /// How long the socket and the lock are tried in turn.
    private static let patience = Duration.seconds(30)
    private static let firstPause = Duration.milliseconds(5)
    /// Short, as eight commands at once on the file must all have their turn.
    private static let longestPause = Duration.milliseconds(50)
    /// HTTP statuses after which a call is made again.
    private static let unavailable = 503
    private static let conflict = 409
}

extension Call {
    /// Makes the call ready to be made again; false where its body is gone.
    fileprivate func canBeRepeated() -> Bool {
        guard case .upload(let file, _) = body else { return true }
        return file.rewind()
    }
}

// MARK: Failures

extension Connection {
    private static func gaveUp(_ obstacle: String) -> CommandFailure {
        CommandFailure(
            .temporary,
            "gave up after \(patience.components.seconds) s: \(obstacle)",
            next: "run the same command again"
        )
    }

    private static func cannotRepeat(_ call: Call, _ obstacle: String) -> CommandFailure {
        CommandFailure(
            .temporary,
            "\(obstacle); what came from standard input cannot be sent again",
            next: "run the same command with the same input and --idempotency-key"
        )
    }

    private static func denied(_ socket: String) -> CommandFailure {
        CommandFailure(
            .noPermission,
            "you may not use the daemon's socket \(socket)",
            next: "join the group it belongs to (ls -l \(socket)), or use sudo"
        )
    }

    private static func noDaemon(_ folder: String) -> CommandFailure {
        CommandFailure(
            .unavailable,
            "no daemon is running, and there is no database in \(folder)",
            next: "start one with: campaignd --data-dir \(folder), "
                + "or name another folder with --data-dir"
        )
    }
}
