package import JobQueue

/// Keeps what a webhook is to be told, from the commit that made it true until it has taken it.
package protocol NoticeStore: Sendable {
    /// Has notices be made from here on, or no longer; those that wait stay.
    func setNotices(on isOn: Bool) throws(StoreError)

    /// The notice that is due first, whether now or later.
    func nextNotice() throws(StoreError) -> Notice?

    /// Ends a notice that was taken, or given up.
    func endNotice(_ id: Int64) throws(StoreError)

    /// Puts a notice off after an attempt that failed.
    func putOffNotice(_ id: Int64, until due: Timestamp) throws(StoreError)
}

/// Something that happened to a job or a campaign.
package struct Notice: Sendable, Equatable {
    package var id: Int64
    /// `job.held`, `job.discarded`, `campaign.finished`, `campaign.failed` or `campaign.paused`.
    package var type: String
    package var jobID: Int64?
    package var campaignID: String?
    /// The job's state or the campaign's status.
    package var state: String
    package var reason: String?
    /// When it happened; nil where that was not kept.
    package var at: Timestamp?
    /// Attempts to deliver it so far.
    package var attempts: Int
    package var dueAt: Timestamp

    /// Makes a notice.
    package init(
        id: Int64,
        type: String,
        jobID: Int64?,
        campaignID: String?,
        state: String,
        reason: String?,
        at: Timestamp?,
        attempts: Int,
        dueAt: Timestamp
    ) {
        self.id = id
        self.type = type
        self.jobID = jobID
        self.campaignID = campaignID
        self.state = state
        self.reason = reason
        self.at = at
        self.attempts = attempts
        self.dueAt = dueAt
    }
}
