import Campaigns
import FoundationEssentials
import JobQueue
import StoreContract
import TestSupport

@testable import SQLiteStore

/// A data folder of its own, deleted with the value.
final class SQLiteSite: StoreSite {
    static let version = "1.2.3"

    let database: TemporaryDatabase

    init() throws {
        database = try TemporaryDatabase()
    }

    var options: StoreOptions {
        StoreOptions(
            folder: database.folder.path,
            version: Self.version,
            mayCreate: true,
            runsJobs: true,
            bootID: "boot-1"
        )
    }

    func open(boot: String, clock: any EngineClock, events: EventHub) throws -> OpenStore {
        var options = options
        options.bootID = boot
        let store = try SQLiteStore.open(options, clock: clock, events: events).store
        return OpenStore(
            store: store,
            epoch: store.currentEpoch,
            version: Self.version,
            close: { try store.close(now: $0) },
            // Closes the file and leaves the epoch as a killed process leaves it.
            die: { try store.database.close() }
        )
    }

    /// Opens the store on a clock that stands still, gives it to `body`, and closes it.
    func with<Value>(_ body: (SQLiteStore) throws -> Value) throws -> Value {
        let clock = ManualClock()
        let store = try SQLiteStore.open(options, clock: clock).store
        do {
            let value = try body(store)
            try store.close(now: clock.now)
            return value
        } catch {
            try? store.close(now: clock.now)
            throw error
        }
    }
}
