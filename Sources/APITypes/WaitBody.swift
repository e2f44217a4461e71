/// How the work of a campaign, or one job, stands; the client asks again while `done` is false.
package struct WaitBody: Codable, Sendable, Equatable {
    /// Whether the last step asked for has ended or cannot go on by itself.
    package var done: Bool
    /// Whether it ended well; false while `done` is.
    package var ok: Bool
    /// The campaign's status; of a job without campaign its state.
    package var status: String
    /// Why it failed, is paused, held or partial.
    package var reason: String?
    /// The newest job of the campaign, or the job asked about.
    package var job: JobBody?
    package var campaign: CampaignProgressBody?

    /// Makes an answer.
    package init(
        done: Bool,
        ok: Bool,
        status: String,
        reason: String?,
        job: JobBody?,
        campaign: CampaignProgressBody?
    ) {
        self.done = done
        self.ok = ok
        self.status = status
        self.reason = reason
        self.job = job
        self.campaign = campaign
    }
}

/// Counts for a progress bar.
package struct CampaignProgressBody: Codable, Sendable, Equatable {
    package var campaignId: String
    package var status: String
    /// The last step asked for.
    package var until: String
    /// Messages by state, exclusions not counted.
    package var messages: [String: Int64]
    /// Contacts that got no message, by reason.
    package var excluded: [String: Int64]
    package var deliveredToFiles: Bool

    /// Makes counts.
    package init(
        campaignId: String,
        status: String,
        until: String,
        messages: [String: Int64],
        excluded: [String: Int64],
        deliveredToFiles: Bool
    ) {
        self.campaignId = campaignId
        self.status = status
        self.until = until
        self.messages = messages
        self.excluded = excluded
        self.deliveredToFiles = deliveredToFiles
    }
}
