/// What `POST /api/jobs` takes, and each line of `POST /api/jobs/bulk` (`campaignId` and `kind`
/// excepted there): a new campaign by its `spec`, or the next step of one by `campaignId` and `kind`.
package struct EnqueueBody: Encodable, Sendable, Equatable {
    /// The body of the seed's create call, as its author wrote it.
    package var spec: JSONValue?
    package var campaignId: String?
    /// `build` or `send`.
    package var kind: String?
    /// `create`, `build` or `send`; absent: `send`.
    package var until: String?
    /// The date of the last step, RFC 3339; not in the past.
    package var at: String?
    /// The same as a delay: `500ms`, `30s`, `10m`, `4h`, `2d`.
    package var `in`: String?
    /// 1 first … 9 last; absent: 5.
    package var priority: Int?
    package var maxAttempts: Int?
    /// What carries the campaign; absent: the default account.
    package var account: String?
    /// Messages of the campaign a second at most, on each channel; with a `spec` only.
    package var ratePerSecond: Double?
    /// On a line of a bulk request only; elsewhere it is the header `Idempotency-Key`.
    package var idempotencyKey: String?

    /// Makes an empty request; set what it is about.
    package init() {}
}

/// What came of a bulk request.
package struct BulkBody: Codable, Sendable, Equatable {
    /// How many jobs are new.
    package var accepted: Int
    /// How many were there already, by their keys.
    package var replayed: Int
    /// The ids of the jobs, in the order of the lines.
    package var jobs: [Int64]

    /// Makes a result.
    package init(accepted: Int, replayed: Int, jobs: [Int64]) {
        self.accepted = accepted
        self.replayed = replayed
        self.jobs = jobs
    }
}
