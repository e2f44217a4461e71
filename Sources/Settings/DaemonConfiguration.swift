/// Everything an operator can set, read and checked.
///
/// A fresh value holds the defaults; `ConfigurationKeys` names the key behind each field.
package struct DaemonConfiguration: Sendable {
    /// The folder of the database, the socket and the spool.
    package var dataDir = ""
    /// How many create and build jobs run at once.
    package var workers = 8
    /// How long work in flight may take to end at a shutdown.
    package var shutdownTimeout = TimeSpan.seconds(30)
    /// The least severe level that is logged.
    package var logLevel = LogLevel.info
    /// How a log line is written.
    package var logFormat = LogFormat.text
    /// Whether addresses of people are logged as they are.
    package var logAddresses = false
    /// The region of phone numbers that carry no country code, as ISO 3166-1 alpha-2.
    package var region = "US"
    /// Bytes that have to be free on the data folder's disk before new work is taken on.
    package var minFreeSpace: Int64 = 100_000_000
    /// How long what has ended is kept.
    package var retention = RetentionConfiguration()
    /// How jobs are retried.
    package var jobs = JobsConfiguration()
    /// How late a dated send may begin by itself.
    package var lateAfter = TimeSpan.hours(24)
    /// How messages leave, by channel.
    package var transports = TransportsConfiguration()
    /// The accounts at other servers.
    package var accounts = AccountsConfiguration()
    /// The account of campaigns that name none.
    package var defaultAccount = "local"
    /// The TCP listeners.
    package var http = HTTPConfiguration()
    /// How recipients opt out by what they write back.
    package var optOut = OptOutConfiguration()
    /// Who is told what happens to jobs and campaigns.
    package var events = EventsConfiguration()
    /// Who may use the Unix socket.
    package var socket = SocketConfiguration()

    /// The levels of swift-log, by their names there.
    package enum LogLevel: String, CaseIterable, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// How a log line is written.
    package enum LogFormat: String, CaseIterable, Sendable {
        case text, json
    }
}

/// How long what has ended is kept; nil: for ever.
package struct RetentionConfiguration: Sendable {
    /// Jobs that were completed or cancelled.
    package var completed: TimeSpan? = .days(30)
    /// Jobs that were given up.
    package var failed: TimeSpan? = .days(180)
    /// Ended campaigns with their messages.
    package var campaigns: TimeSpan?
}

/// How jobs are retried: for all kinds, and for those that differ.
package struct JobsConfiguration: Sendable {
    /// The kinds of jobs that can be set apart.
    static let kinds = ["create", "build", "send"]

    /// What holds for every kind that is not set apart.
    package var all = JobConfiguration()
    private var overrides: [String: JobConfiguration] = [:]

    /// What holds for a kind of job; setting a part of it sets the kind apart from `all`.
    package subscript(kind: String) -> JobConfiguration {
        get { overrides[kind] ?? all }
        set { overrides[kind] = newValue }
    }
}

/// How often, and how far apart, a failing job is tried.
package struct JobConfiguration: Sendable {
    /// Attempts after which a failing job is discarded, from 1.
    package var maxAttempts = 20
    /// The waits between attempts.
    package var retry = RetryConfiguration(first: .seconds(5), max: .hours(1))
}

/// The bounds of an exponential backoff.
package struct RetryConfiguration: Sendable {
    /// The wait after the first failure.
    package var first: TimeSpan
    /// The longest wait; not below `first`.
    package var max: TimeSpan
}

/// Who may use the daemon's Unix socket.
package struct SocketConfiguration: Sendable {
    /// Permission bits, 0 to 0o777.
    package var mode: UInt32 = 0o660
    /// The group that owns the socket; nil leaves the daemon's own.
    package var group: String?
}
