package import Campaigns
package import JobQueue

/// A place where one implementation keeps its data; it outlives the stores opened on it.
package protocol StoreSite: Sendable {
    /// Opens the store as a starting daemon does: recovers what an earlier one left, and begins an
    /// epoch under the machine's boot given.
    func open(boot: String, clock: any EngineClock, events: EventHub) throws -> OpenStore
}

/// An open store that runs jobs, with the two ways in which its process can end.
package struct OpenStore {
    package var store: any CampaignStore
    package var epoch: Int64
    /// The daemon's version, as the history of its attempts names it.
    package var version: String
    /// Ends the epoch in an orderly way.
    package var close: (Timestamp) throws -> Void
    /// Ends the process as a kill does: of the epoch's end nothing is written.
    package var die: () throws -> Void

    /// Makes the handle on an open store.
    package init(
        store: any CampaignStore,
        epoch: Int64,
        version: String,
        close: @escaping (Timestamp) throws -> Void,
        die: @escaping () throws -> Void
    ) {
        self.store = store
        self.epoch = epoch
        self.version = version
        self.close = close
        self.die = die
    }
}
