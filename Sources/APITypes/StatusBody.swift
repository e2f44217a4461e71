/// How the daemon, or the file without one, stands.
package struct StatusBody: Codable, Sendable, Equatable {
    package var version: String
    /// Whether a daemon answered; if not, the fields only a daemon knows are absent.
    package var daemon: Bool
    /// The run of the daemon.
    package var epoch: Int64?
    package var startedAt: String?
    package var pid: Int32?
    package var dataDir: String
    /// How many jobs there are, by kind and state.
    package var jobs: [String: [String: Int64]]
    package var pausedKinds: [String]
    package var transports: [TransportStatusBody]
    /// What lets only so many messages through on all channels together; absent where nothing does.
    package var globalThrottle: ThrottleBody?
    package var campaigns: CampaignCountsBody
    package var database: DatabaseStatusBody
    /// How many messages there are, by channel and state.
    package var messages: [String: [String: Int64]]?
    /// Since when the oldest job that could run waits, by kind.
    package var oldestAvailable: [String: String]?
    /// What an operator should look at, one sentence each.
    package var warnings: [String]

    /// Makes a status of the file alone.
    package init(
        version: String,
        dataDir: String,
        jobs: [String: [String: Int64]],
        pausedKinds: [String],
        campaigns: CampaignCountsBody,
        database: DatabaseStatusBody
    ) {
        self.version = version
        self.daemon = false
        self.dataDir = dataDir
        self.jobs = jobs
        self.pausedKinds = pausedKinds
        self.transports = []
        self.campaigns = campaigns
        self.database = database
        self.warnings = []
    }
}

/// How many campaigns are under way.
package struct CampaignCountsBody: Codable, Sendable, Equatable {
    package var sending: Int64

    /// Makes counts.
    package init(sending: Int64) {
        self.sending = sending
    }
}

/// One transport and its breaker.
package struct TransportStatusBody: Codable, Sendable, Equatable {
    package var channel: String
    /// The configuration's word for what carries the channel: `spool`, `smtp`, `twilio`.
    package var kind: String
    /// Of the breaker: `closed` (messages flow), `open` (none does) or `probing`.
    package var state: String
    /// Why the breaker is not closed, and since when.
    package var reason: String?
    package var since: String?
    /// When the next probe is due.
    package var retryAt: String?
    package var inflight: Int
    package var maxConnections: Int
    /// `resend`, `hold` or `repeatable`.
    package var inDoubt: String
    /// What lets only so many messages through; absent where nothing does.
    package var throttles: [ThrottleBody]?

    /// Makes the status of a transport whose breaker is closed.
    package init(
        channel: String,
        kind: String,
        state: String,
        reason: String? = nil,
        since: String? = nil,
        retryAt: String? = nil,
        inflight: Int,
        maxConnections: Int,
        inDoubt: String
    ) {
        self.channel = channel
        self.kind = kind
        self.state = state
        self.reason = reason
        self.since = since
        self.retryAt = retryAt
        self.inflight = inflight
        self.maxConnections = maxConnections
        self.inDoubt = inDoubt
    }
}

/// The database file and its write-ahead log.
package struct DatabaseStatusBody: Codable, Sendable, Equatable {
    package var path: String
    package var bytes: Int64
    package var walBytes: Int64
    /// What the file system has left for it; absent where it does not say.
    package var freeBytes: Int64?

    /// Makes the status of a file.
    package init(path: String, bytes: Int64, walBytes: Int64, freeBytes: Int64? = nil) {
        self.path = path
        self.bytes = bytes
        self.walBytes = walBytes
        self.freeBytes = freeBytes
    }
}

/// The answer of `/healthz` and `/readyz`.
package struct HealthBody: Codable, Sendable, Equatable {
    /// `ok`, or why the daemon is not ready.
    package var status: String

    /// Makes an answer.
    package init(status: String) {
        self.status = status
    }
}
