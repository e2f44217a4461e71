import CFaultVFS
import Testing

@testable import SQLiteStore

/// An open database whose writes and syncs fail as a test says.
final class FaultyDatabase: @unchecked Sendable {
    // The virtual file system guards the plan by a lock of its own.
    let plan: OpaquePointer
    let file: DatabaseFile
    private let database: TemporaryDatabase
    private let images: TemporaryDatabase

    init(onFailure: @escaping @Sendable (DatabaseFailure) -> Void = { _ in }) throws {
        try #require(fault_vfs_install() == 0)
        database = try TemporaryDatabase()
        images = try TemporaryDatabase()
        plan = try #require(fault_plan_create(database.path))
        file = try database.open(onFailure: onFailure)
    }

    /// Closes the database, and reads the items from the file once more.
    func closeAndReopen() throws -> [String] {
        fault_plan_disarm(plan)
        try file.close()
        return try database.with { try $0.items() }
    }

    deinit {
        try? file.close()
        fault_plan_destroy(plan)
    }

    /// The items that a restart would find, had the process been killed at this moment.
    func itemsAfterCrash() throws -> [String] {
        try #require(fault_plan_copy(plan, images.path))
        return try images.with { try $0.items() }
    }
}
