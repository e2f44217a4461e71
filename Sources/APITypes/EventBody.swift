/// A job went to a state: the data of an `event: job`.
package struct JobEventBody: Codable, Sendable, Equatable {
    package var id: Int64
    package var campaignId: String?
    package var state: String

    /// Makes an event.
    package init(id: Int64, campaignId: String?, state: String) {
        self.id = id
        self.campaignId = campaignId
        self.state = state
    }
}

/// A campaign went to a status: the data of an `event: campaign`.
package struct CampaignEventBody: Codable, Sendable, Equatable {
    package var campaignId: String
    package var status: String

    /// Makes an event.
    package init(campaignId: String, status: String) {
        self.campaignId = campaignId
        self.status = status
    }
}
