import Dispatch

/// A write that waits for its turn, whatever its result type.
protocol PendingWrite: AnyObject, Sendable {
    var label: StaticString { get }
    /// Runs the work and keeps its value, followers and actions, in place of those of an earlier
    /// attempt.
    func attempt(in transaction: Transaction) throws
    /// Keeps an error in place of a value; followers and actions are dropped.
    func fail(_ error: any Error)
    /// The error that stands, if the write failed.
    var failure: (any Error)? { get }
    /// What makes the writes that are to share this one's commit.
    var followers: [Transaction.MakeFollower] { get }
    /// Runs the actions. Called once, when they are durable.
    func act()
    /// Tells the caller. Called once, when the outcome is durable.
    func release()
}

/// One write, its outcome, and who waits for it.
final class Write<Value: Sendable>: PendingWrite, @unchecked Sendable {
    // The writer's queue protects the variables until `release`; after it they are only read.
    typealias Work = @Sendable (Transaction) throws -> Value
    typealias Completion = @Sendable (Result<Value, any Error>) -> Void

    let label: StaticString
    private let work: Work
    private let completion: Completion?
    private let done = DispatchSemaphore(value: 0)
    private var outcome: Result<Value, any Error> = .failure(DatabaseFailure.closed)
    private(set) var followers: [Transaction.MakeFollower] = []
    private var actions: [@Sendable () -> Void] = []

    /// Makes a write whose caller blocks in `wait()` when there is no completion.
    init(_ label: StaticString, _ work: @escaping Work, completion: Completion? = nil) {
        self.label = label
        self.work = work
        self.completion = completion
    }

    var failure: (any Error)? {
        if case .failure(let error) = outcome { error } else { nil }
    }

    func attempt(in transaction: Transaction) throws {
        outcome = .success(try work(transaction))
        followers = transaction.followers
        actions = transaction.actions
    }

    func fail(_ error: any Error) {
        outcome = .failure(error)
        followers = []
        actions = []
    }

    func act() {
        for action in actions { action() }
    }

    func release() {
        if let completion {
            completion(outcome)
        } else {
            done.signal()
        }
    }

    /// Blocks until `release`.
    func wait() throws -> Value {
        done.wait()
        return try outcome.get()
    }
}
