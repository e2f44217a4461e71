/// One write on the writer's connection; valid only inside the closure it was given to.
///
/// What the closure does is stored wholly or not at all, and nothing it says counts before its
/// caller is released. The closure may run more than once, each time on what was stored before.
package final class Transaction: Queryable {
    /// Makes a write, or nil where none is wanted; called on the writer's queue, must not block.
    typealias MakeFollower = @Sendable () -> (any PendingWrite)?

    let connection: Connection
    private(set) var followers: [MakeFollower] = []
    private(set) var actions: [@Sendable () -> Void] = []

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The row id of the last INSERT.
    var lastInsertedID: Int64 { connection.lastInsertedID }

    /// Runs a statement to its end; returns how many rows an INSERT, UPDATE or DELETE changed.
    @discardableResult
    func run<each Value: SQLValue>(
        _ sql: String,
        _ values: repeat each Value
    ) throws(DatabaseFailure) -> Int {
        try connection.bound(sql, repeat each values).run()
        return connection.changeCount
    }

    /// The same, for a statement put together at run time of a fixed number of parts.
    @discardableResult
    func run(_ sql: String, list values: [any SQLValue]) throws(DatabaseFailure) -> Int {
        try connection.bound(sql, list: values).run()
        return connection.changeCount
    }

    /// Has one more write run in the same transaction, behind all that this turn carries.
    ///
    /// It stands or falls by itself: in a savepoint of its own, it sees what was written before it
    /// and, if it fails, undoes nothing of that.
    func followUp(with makeFollower: @escaping MakeFollower) {
        followers.append(makeFollower)
    }

    /// Has `action` called once this write is durable, and not at all if it is not.
    ///
    /// Actions run in their order on the writer's queue, before the caller is released; where the
    /// write follows another up, behind that. They hold up the next turn: they may wake somebody,
    /// never wait, read, or write.
    package func afterCommit(_ action: @escaping @Sendable () -> Void) {
        actions.append(action)
    }
}
