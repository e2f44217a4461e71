/// What a snapshot and a transaction have in common: reading.
///
/// A store's readers take `some Queryable` and serve both. Statements are cached by their text for
/// the life of the connection, so texts are constants: values are bound, never written into them.
protocol Queryable {
    var connection: Connection { get }
}

extension Queryable {
    /// Calls `body` for each row, in the order of the statement.
    func query<each Value: SQLValue>(
        _ sql: String,
        _ values: repeat each Value,
        row body: (SQLRow) throws -> Void
    ) throws {
        try connection.bound(sql, repeat each values).forEach(body)
    }

    /// Reads every row into an array.
    func all<Element, each Value: SQLValue>(
        _ sql: String,
        _ values: repeat each Value,
        row read: (SQLRow) throws -> Element
    ) throws -> [Element] {
        var elements: [Element] = []
        try connection.bound(sql, repeat each values).forEach { try elements.append(read($0)) }
        return elements
    }

    /// Reads the first row, if there is one.
    ///
    /// A statement with RETURNING has made all its changes by then (sqlite.org/lang_returning.html).
    func first<Element, each Value: SQLValue>(
        _ sql: String,
        _ values: repeat each Value,
        row read: (SQLRow) throws -> Element
    ) throws -> Element? {
        try connection.bound(sql, repeat each values).first(read)
    }

    /// Reads every row into an array, for a statement put together at run time.
    ///
    /// Each text stays cached: build it of a fixed number of parts.
    func all<Element>(
        _ sql: String,
        list values: [any SQLValue],
        row read: (SQLRow) throws -> Element
    ) throws -> [Element] {
        var elements: [Element] = []
        try connection.bound(sql, list: values).forEach { try elements.append(read($0)) }
        return elements
    }
}

/// A view of the database as it was at one instant, however long the reads take.
///
/// Keep it short: while one is open, the write-ahead log cannot begin anew.
package struct Snapshot: Queryable {
    let connection: Connection
}
