/// The accounts at other servers, by name.
package struct AccountsConfiguration: Sendable {
    /// The names in the order of the file.
    package internal(set) var names: [String] = []
    private var accounts: [String: AccountConfiguration] = [:]

    /// The account of a name; one that is not there reads as the defaults.
    package subscript(name: String) -> AccountConfiguration {
        get { accounts[name] ?? AccountConfiguration() }
        set { accounts[name] = newValue }
    }
}

/// One account at a server that speaks the campaign API, and how it is used.
package struct AccountConfiguration: Sendable {
    /// What kind of server it is.
    package enum Kind: String, CaseIterable, Sendable {
        /// One that speaks the campaign API.
        case remote
    }

    /// What is done with a send that may or may not have happened.
    package enum AmbiguousSend: String, CaseIterable, Sendable {
        /// Left for an operator to resolve.
        case hold
        /// Asked for again.
        case resend
    }

    var kind = Kind.remote
    /// The server's root, without a slash at its end.
    package var baseURL = ""
    /// What is sent as `x-user-id`.
    package var userID = ""
    var tokenFile = ""
    /// The content of `tokenFile`, read anew at each call; the last one read where that fails.
    package internal(set) var token: @Sendable () -> Secret = { Secret("") }
    /// Whether names at the server get a word by which a campaign is known again.
    package var marker = true
    /// What is done with a send that may or may not have happened.
    package var ambiguousSend = AmbiguousSend.hold
    /// How long an effect may come after its reply was lost.
    package var settle = TimeSpan.seconds(30)
    /// The waits between looks at a campaign.
    package var poll = RetryConfiguration(first: .seconds(5), max: .minutes(5))
    /// For one request and its reply.
    package var requestTimeout = TimeSpan.seconds(30)
    /// Requests a second at most, above 0.
    package var ratePerSecond = 5.0
    /// Requests under way at once, from 1.
    package var maxConcurrent = 4
    /// The waits between attempts.
    package var retry = RetryConfiguration(first: .seconds(5), max: .minutes(10))
    /// What the server's own statuses mean, in upper case, by the names of ours.
    package var statuses: [String: String] = [:]
    /// A PEM file of the authorities to trust; nil trusts those of the system.
    package var caFile: String?
}
