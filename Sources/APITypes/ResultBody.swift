/// The seed's answer to a write.
package struct ResultBody: Codable, Sendable, Equatable {
    /// `success`, or `pending` where the deadline passed before the job was done (status 202).
    package var result: String
    /// The seed's sentence after a send.
    package var response: String?
    package var campaignId: String?
    /// The campaign's status after pause, resume and cancel.
    package var status: String?
    /// The job still to be done, where `result` is `pending`.
    package var job: JobBody?

    /// Makes an answer.
    package init(
        result: String = "success",
        response: String? = nil,
        campaignId: String? = nil,
        status: String? = nil,
        job: JobBody? = nil
    ) {
        self.result = result
        self.response = response
        self.campaignId = campaignId
        self.status = status
        self.job = job
    }
}
