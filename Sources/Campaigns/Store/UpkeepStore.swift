package import JobQueue

/// What keeps a store in order over the years.
package protocol UpkeepStore: Sendable {
    /// Writes a stamped and verified copy of everything to a file, in place of what lies there.
    ///
    /// Writes go on meanwhile; the copy is as of the moment it began.
    func backUp(to path: String, now: Timestamp) throws(StoreError)

    /// Ids of jobs above `id` that are held because the store was restored from a backup; at most
    /// `limit`.
    func restoredJobs(after id: Int64, limit: Int) throws(StoreError) -> [Int64]

    /// How many jobs are held because the store was restored from a backup.
    func restoredJobCount() throws(StoreError) -> Int64

    /// Lets a campaign go on that was held as restored; throws `conflict` where it is not.
    func acknowledgeRestored(_ campaignID: String, now: Timestamp) throws(StoreError)

    /// Takes away what ended longer ago than the policy keeps it, in small transactions between
    /// which others commit; counters move with the rows.
    func prune(_ policy: RetentionPolicy, now: Timestamp) throws(StoreError) -> PruneReport
}
