import CampaignAPI
import Dispatch
package import NIOCore
import Synchronization

// The one place where Swift concurrency, which the HTTP server needs, meets the rest of the daemon,
// which is synchronous and blocks. No thread of the concurrency pool ever waits here.

/// Runs the server's tasks on the event loop that reads and writes for them.
///
/// On the concurrency pool each request would wake another thread twice, on an idle machine a fifth
/// of the time from a call to its job's start.
package final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    /// Makes the executor of a loop.
    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Threads on which the server's tasks have blocking work done.
final class BlockingPool: Sendable {
    private struct State {
        var idle: [DispatchQueue]
        /// Bounded by the number of connections: each has one request under way.
        var waiting: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    /// Makes a pool of at most `threads` threads.
    ///
    /// Each is a serial queue of its own: those get a thread at once, while a concurrent queue is
    /// held to the number of cores until somebody notices that all its threads block.
    init(label: String, threads: Int) {
        state = Mutex(State(idle: (0..<threads).map { DispatchQueue(label: "\(label).\($0)") }))
    }

    /// Runs `work` on a thread that may block; waits, without a thread, for its value.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            submit { continuation.resume(returning: work()) }
        }
    }

    private func submit(_ work: @escaping @Sendable () -> Void) {
        let queue = state.withLock { state in
            let queue = state.idle.popLast()
            if queue == nil { state.waiting.append(work) }
            return queue
        }
        queue?.async { [self] in perform(work, on: queue) }
    }

    private func perform(_ work: () -> Void, on queue: DispatchQueue?) {
        work()
        let next = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            if let queue { state.idle.append(queue) }
            return nil
        }
        if let next { queue?.async { [self] in perform(next, on: queue) } }
    }
}

/// An upload on its way from the server's task to a thread that takes it in.
///
/// Few pieces lie ready; beyond them the task waits, reads no more, and the client's TCP stalls.
final class BodyPipe: ByteSource {
    private struct State {
        var pieces: [[UInt8]] = []
        var end: Result<Void, any Error>?
        var isClosed = false
        var producer: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    /// Hands a piece on; false when nobody wants any more.
    func push(_ piece: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state in
                let hasRoom =
                    state.isClosed || state.pieces.count < ServerLimits.uploadPieces
                if !hasRoom { state.producer = continuation }
                return hasRoom
            }
            if hasRoom { continuation.resume() }
        }
        let isWanted = state.withLock { state in
            guard !state.isClosed else { return false }
            state.pieces.append(piece)
            return true
        }
        if isWanted { available.signal() }
        return isWanted
    }

    /// Says that nothing more comes, or that the rest was lost.
    func finish(_ end: Result<Void, any Error>) {
        state.withLock { $0.end = $0.end ?? end }
        available.signal()
    }

    /// Says that nothing more is wanted.
    func close() {
        let producer = state.withLock { state in
            state.isClosed = true
            state.pieces = []
            return state.producer.take()
        }
        producer?.resume()
    }

    func next() throws -> [UInt8]? {
        while true {
            let (piece, producer, end) = state.withLock { state in
                let piece = state.pieces.isEmpty ? nil : state.pieces.removeFirst()
                return (piece, state.producer.take(), piece == nil ? state.end : nil)
            }
            producer?.resume()
            if let piece { return piece }
            if let end {
                try end.get()
                return nil
            }
            // The connection's idle time-out ends the wait for a client that fell silent.
            available.wait()
        }
    }
}

/// An answer that comes later, awaited once.
final class AwaitedReply: Sendable {
    private struct State {
        var reply: APIReply?
        var continuation: CheckedContinuation<APIReply, Never>?
        var wait: Wait?
        var isOver = false
    }

    private let state = Mutex(State())

    /// Waits for the answer to `pending`, or for ``fulfil(_:)`` if that comes first.
    func reply(to pending: PendingReply) async -> APIReply {
        await withCheckedContinuation { continuation in
            let early = state.withLock { state in
                state.continuation = state.reply == nil ? continuation : nil
                return state.reply
            }
            if let early { return continuation.resume(returning: early) }
            let wait = pending.start { [self] reply in fulfil(reply) }
            let isOver = state.withLock { state in
                if !state.isOver { state.wait = wait }
                return state.isOver
            }
            if isOver { wait.cancel() }
        }
    }

    /// Gives the answer; only the first counts.
    func fulfil(_ reply: APIReply) {
        let (continuation, wait) = state.withLock { state in
            guard !state.isOver else {
                return (nil as CheckedContinuation<APIReply, Never>?, nil as Wait?)
            }
            state.isOver = true
            state.reply = reply
            return (state.continuation.take(), state.wait.take())
        }
        wait?.cancel()
        continuation?.resume(returning: reply)
    }
}

/// A value that one thread waits for, blocking.
final class Promise<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    /// Gives the value; only the first counts.
    func fulfil(_ new: Value) {
        let isFirst = value.withLock { value in
            defer { value = value ?? new }
            return value == nil
        }
        if isFirst { isThere.signal() }
    }

    /// The value; nil after `timeout`.
    ///
    /// Never to be called on a thread of the concurrency pool.
    func wait(timeout: DispatchTime = .distantFuture) -> Value? {
        if isThere.wait(timeout: timeout) == .success { isThere.signal() }
        return value.withLock { $0 }
    }
}
