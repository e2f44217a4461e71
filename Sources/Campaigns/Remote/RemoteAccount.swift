package import JobQueue

/// A named account at a remote server, and what keeps its requests back.
package struct RemoteAccount: Sendable, Equatable {
    package var name: String
    package var baseURL: String
    package var userID: String
    package var ratePerSecond: Double
    package var maxConcurrent: Int
    package var gate = AccountGate()

    /// Makes an account that nothing keeps back.
    package init(
        name: String,
        baseURL: String,
        userID: String,
        ratePerSecond: Double,
        maxConcurrent: Int
    ) {
        self.name = name
        self.baseURL = baseURL
        self.userID = userID
        self.ratePerSecond = ratePerSecond
        self.maxConcurrent = maxConcurrent
    }
}

/// What keeps an account's requests back; outlives the daemon.
package struct AccountGate: Sendable, Equatable {
    /// Set while the account is paused, by an operator or because the server wants a new session.
    package var pausedAt: Timestamp?
    /// Why it is paused.
    package var pauseReason: String?
    /// When the next request may leave, by the rate.
    package var nextRequestAt: Timestamp?
    /// Until when the server asked to be left alone.
    package var throttledUntil: Timestamp?
    /// Failures in a row of a server that is not there; above 0 the breaker is open.
    package var failures = 0
    package var failure: String?
    package var failingSince: Timestamp?
    /// When the next probe may leave.
    package var probeAt: Timestamp?

    /// Makes an open gate.
    package init() {}

    package var isPaused: Bool { pausedAt != nil }
    package var isBroken: Bool { failures > 0 }
}

/// An account with its jobs, as it is listed.
package struct AccountOverview: Sendable, Equatable {
    package var account: RemoteAccount
    /// Jobs by state.
    package var jobs: [JobState: Int64]

    /// Makes an overview.
    package init(account: RemoteAccount, jobs: [JobState: Int64]) {
        self.account = account
        self.jobs = jobs
    }
}
