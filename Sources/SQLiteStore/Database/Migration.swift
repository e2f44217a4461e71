/// One numbered step of the schema, which never changes once it was released.
package struct Migration: Sendable, Equatable {
    /// Its place in the order, from 1.
    package let version: Int
    /// A few words for people.
    package let name: String
    /// The statements; they neither begin nor end a transaction.
    package let sql: String

    /// Makes a step from its parts.
    package init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }
}
