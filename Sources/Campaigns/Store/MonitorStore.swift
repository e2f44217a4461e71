package import JobQueue

/// What monitoring asks of a store; no answer's cost grows with the number of jobs or messages.
package protocol MonitorStore: Sendable {
    /// How many messages there are of all campaigns, from counters.
    func messageTotals() throws(StoreError) -> [MessageTotal]

    /// What waits longest.
    func longestWaits() throws(StoreError) -> LongestWaits

    /// Looks the file over for a doctor; reads all of it where it is small enough.
    ///
    /// - Parameter since: deaths of daemons that had begun earlier are not counted.
    func inspect(deathsSince since: Timestamp) throws(StoreError) -> StoreInspection

    /// Whether a job waits for others to prove harmless, after the daemon had died repeatedly.
    func isOnProbation(job id: Int64) throws(StoreError) -> Bool

    /// When the next open message of a campaign is due on a channel; nil where none is open.
    func nextMessageDue(inCampaign seq: Int64, on channel: Channel) throws(StoreError) -> Timestamp?
}

/// How the store's file is, for a doctor.
package struct StoreInspection: Sendable {
    /// A setting of the connection that writes.
    package struct Setting: Sendable, Equatable {
        package var name: String
        package var wanted: String
        package var found: String

        /// Makes a setting.
        package init(name: String, wanted: String, found: String) {
            self.name = name
            self.wanted = wanted
            self.found = found
        }
    }

    package var engineVersion = ""
    package var settings: [Setting] = []
    /// The newest migration applied.
    package var schemaVersion = 0
    /// Tables, indexes and triggers that are missing, too many or not as migrations make them.
    package var schemaDifferences: [String] = []
    /// What a check of the pages found; nil where the file was too large to read.
    package var damage: [String]?
    /// Frames of the log that are not in the database and cannot be copied for a reader's sake.
    package var framesHeldBack = 0
    /// Daemons that began within the span asked for and died.
    package var deaths = 0
    /// When the newest daemon began, by the wall clock of then.
    package var newestStart: Timestamp?

    /// Makes an inspection that has seen nothing yet.
    package init() {}
}

/// A counter of messages over all campaigns.
package struct MessageTotal: Sendable, Equatable {
    package var channel: Channel
    package var state: MessageState
    /// The fault of a failed one, the exclusion of a skipped one, otherwise empty.
    package var detail: String
    package var count: Int64

    /// Makes a counter.
    package init(channel: Channel, state: MessageState, detail: String, count: Int64) {
        self.channel = channel
        self.state = state
        self.detail = detail
        self.count = count
    }
}

/// The oldest of what waits.
package struct LongestWaits: Sendable, Equatable {
    /// Since when the oldest available job of each kind is due; kinds without one are absent.
    package var jobs: [JobKind: Timestamp]
    /// Since when the oldest campaign that is SENDING is so.
    package var sending: Timestamp?

    /// Makes waits.
    package init(jobs: [JobKind: Timestamp], sending: Timestamp?) {
        self.jobs = jobs
        self.sending = sending
    }
}
