package import JobQueue

/// Where remote campaigns, the evidence of them and their accounts are kept.
///
/// Every write is durable when it returns. All calls may come from any thread.
package protocol RemoteStore: Sendable {
    /// What is known of a campaign; nil before its first step at the server.
    func remoteCampaign(_ id: String) throws(StoreError) -> RemoteCampaign?

    /// Which of the server's ids belong to campaigns other than `campaign`.
    func boundIDs(among ids: [String], account: String, otherThan campaign: String)
        throws(StoreError) -> Set<String>

    /// Makes an intent durable, before its request leaves.
    ///
    /// Returns false, and writes nothing, where another campaign of the same content has a create
    /// under way that could not be told from this one. Throws where the claim no longer holds.
    func intend(
        _ remote: RemoteCampaign,
        claim: JobClaim,
        evidence: RemoteExchange?,
        gate: AccountGate,
        now: Timestamp
    ) throws(StoreError) -> Bool

    /// Records what came of a request; stands whether or not its job's claim still does.
    func record(_ remote: RemoteCampaign, _ exchange: RemoteExchange) throws(StoreError)

    /// Ends an attempt: the campaign, its job and what is known of it move together.
    func end(
        _ claim: JobClaim,
        _ ending: RemoteEnding,
        _ remote: RemoteCampaign,
        evidence: RemoteExchange?,
        now: Timestamp
    ) throws(StoreError)

    /// The evidence of a job, oldest first.
    func exchanges(ofJob id: Int64) throws(StoreError) -> [RemoteExchange]

    /// Keeps the accounts that are configured; what keeps them back stays as it was.
    func keepAccounts(_ accounts: [RemoteAccount]) throws(StoreError)

    /// The accounts configured in the last daemon, by name.
    func accounts() throws(StoreError) -> [AccountOverview]

    /// What keeps an account back.
    func gate(ofAccount name: String) throws(StoreError) -> AccountGate

    /// Keeps rate, throttle and breaker; the pause is not touched.
    func keepGate(_ gate: AccountGate, ofAccount name: String) throws(StoreError)

    /// Stops or allows claims of an account's jobs; not found where it is not configured.
    func setAccountPaused(_ reason: String?, account: String, now: Timestamp) throws(StoreError)
}

/// What becomes of a job of a remote campaign when an attempt ends.
package enum RemoteEnding: Sendable, Equatable {
    /// The step is done; the next one follows if it was asked for.
    case completed
    /// The server sends; look again at the time given.
    case following(until: Timestamp)
    /// The server has sent: the campaign ends.
    case settled(CampaignStatus, reason: String?)
    /// Called again at the time given; nothing is spent.
    case snoozed(until: Timestamp)
    case held(String)
    case retry(at: Timestamp, JobFailure)
    case discarded(JobFailure)
    /// Given back unspent: the daemon stops, or the account is paused.
    case givenBack
}
