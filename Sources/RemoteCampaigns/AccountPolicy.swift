package import Campaigns
package import JobQueue

/// How one account's server is spoken to.
package struct AccountPolicy: Sendable {
    /// What is done with a send that may or may not have happened, once the settle window is over.
    package enum AmbiguousSend: Sendable {
        /// Left for an operator.
        case hold
        /// Asked for again.
        case resend
    }

    package var name: String
    /// The server's root, without a slash at its end.
    package var baseURL: String
    package var userID: String
    /// Reads the session cookie's value, which is never logged, stored or shown; asked at the start
    /// and whenever the account is resumed.
    package var token: @Sendable () -> String
    /// Whether names get a word by which a campaign is known again.
    package var hasMarker: Bool
    package var ambiguousSend: AmbiguousSend
    /// How long an effect may come after its reply was lost.
    package var settle: Duration
    /// Between two looks at a campaign: at first, and at most.
    package var poll: Backoff
    package var requestTimeout: Duration
    package var ratePerSecond: Double
    package var maxConcurrent: Int
    /// Between attempts that failed.
    package var retry: Backoff
    /// Between probes of a server that is not there.
    package var probe: Backoff
    /// What the server's statuses mean, beside those that are known.
    package var statuses: [String: CampaignStatus]

    /// Makes a policy.
    package init(
        name: String,
        baseURL: String,
        userID: String,
        token: @escaping @Sendable () -> String,
        hasMarker: Bool = true,
        ambiguousSend: AmbiguousSend = .hold,
        settle: Duration = .seconds(30),
        poll: Backoff = Backoff(first: .seconds(5), maximum: .seconds(300)),
        requestTimeout: Duration = .seconds(30),
        ratePerSecond: Double = 5,
        maxConcurrent: Int = 4,
        retry: Backoff = Backoff(first: .seconds(5), maximum: .seconds(600)),
        probe: Backoff = Backoff(first: .seconds(1), maximum: .seconds(60)),
        statuses: [String: CampaignStatus] = [:]
    ) {
        self.name = name
        self.baseURL = baseURL
        self.userID = userID
        self.token = token
        self.hasMarker = hasMarker
        self.ambiguousSend = ambiguousSend
        self.settle = settle
        self.poll = poll
        self.requestTimeout = requestTimeout
        self.ratePerSecond = ratePerSecond
        self.maxConcurrent = maxConcurrent
        self.retry = retry
        self.probe = probe
        self.statuses = statuses
    }

    /// What is shown of the account.
    package var account: RemoteAccount {
        RemoteAccount(
            name: name,
            baseURL: baseURL,
            userID: userID,
            ratePerSecond: ratePerSecond,
            maxConcurrent: maxConcurrent
        )
    }
}
