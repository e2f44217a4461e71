import APITypes
import Campaigns
import Exposition
import Glibc
import JobQueue

/// What a scrape shows: counters of the store, files and transports, then what was counted.
struct MetricsPage {
    let place: APIPlace
    let daemon: DaemonStatus
    let now: Timestamp
    let jobs: [JobCount]
    let messages: [MessageTotal]
    let waits: LongestWaits

    var text: String {
        var page = PrometheusText()
        addDaemon(to: &page)
        addWork(to: &page)
        addTransports(to: &page)
        addFiles(to: &page)
        page.add(daemon.counted())
        return page.text
    }

    private func addDaemon(to page: inout PrometheusText) {
        page.add(Family.build, [(labels: [("version", place.version)], value: 1)])
        page.add(Family.start, daemon.startedAt.seconds)
        page.add(Family.epoch, Double(daemon.epoch))
    }

    private func addWork(to page: inout PrometheusText) {
        page.add(
            Family.jobs,
            jobs.map { count in
                (
                    labels: [("kind", count.kind.rawValue), ("state", count.state.rawValue)],
                    value: Double(count.count)
                )
            }
        )
        page.add(
            Family.oldestJob,
            waits.jobs.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, since in
                (labels: [("kind", kind.rawValue)], value: age(of: since))
            }
        )
        page.add(
            Family.messages,
            messages.map { total in
                (
                    labels: [
                        ("channel", total.channel.rawValue), ("state", total.state.rawValue),
                        ("detail", total.detail),
                    ],
                    value: Double(total.count)
                )
            }
        )
        page.add(Family.inDoubt, Double(inDoubt))
        page.add(Family.oldestSending, waits.sending.map { age(of: $0) } ?? 0)
    }

    private func addTransports(to page: inout PrometheusText) {
        func samples(
            _ value: (TransportStatusBody) -> Double
        ) -> [(labels: [(String, String)], value: Double)] {
            daemon.transports.map { transport in
                (
                    labels: [("channel", transport.channel), ("kind", transport.kind)],
                    value: value(transport)
                )
            }
        }
        page.add(Family.transportUp, samples { $0.state == "closed" ? 1 : 0 })
        page.add(Family.inflight, samples { Double($0.inflight) })
        page.add(Family.connections, samples { Double($0.maxConnections) })
    }

    private func addFiles(to page: inout PrometheusText) {
        page.add(Family.database, Double(FileFacts.bytes(of: place.databasePath)))
        page.add(Family.log, Double(FileFacts.bytes(of: place.databasePath + "-wal")))
        page.add(Family.free, Double(FileFacts.freeBytes(at: place.dataDir)))
    }

    private var inDoubt: Int64 {
        messages.filter { $0.state == .unknown }.reduce(0) { $0 + $1.count }
    }

    private func age(of instant: Timestamp) -> Double {
        max(0, now.seconds - instant.seconds)
    }
}

extension MetricsPage {
    private enum Family {
        static let build = MetricFamily("build_info", .gauge, "The version that runs.")
        static let start = MetricFamily(
            "start_time_seconds",
            .gauge,
            "When this run began, in seconds since 1970."
        )
        static let epoch = MetricFamily("epoch", .gauge, "The number of this run.")
        static let jobs = MetricFamily("jobs", .gauge, "Jobs by kind and state.")
        static let oldestJob = MetricFamily(
            "oldest_available_job_seconds",
            .gauge,
            "How long the oldest job that could run has waited for a worker."
        )
        static let messages = MetricFamily(
            "messages",
            .gauge,
            "Messages by channel and state; detail is why one failed or was left out."
        )
        static let inDoubt = MetricFamily(
            "messages_in_doubt",
            .gauge,
            "Messages that may or may not have left and wait for an operator."
        )
        static let oldestSending = MetricFamily(
            "oldest_sending_campaign_seconds",
            .gauge,
            "How long the oldest campaign under way has been sending; 0 without one."
        )
        static let transportUp = MetricFamily(
            "transport_up",
            .gauge,
            "1 while the transport's breaker is closed."
        )
        static let inflight = MetricFamily(
            "transport_inflight",
            .gauge,
            "Messages claimed and not yet recorded."
        )
        static let connections = MetricFamily(
            "transport_max_connections",
            .gauge,
            "Messages that the transport carries at once."
        )
        static let database = MetricFamily("database_bytes", .gauge, "Size of the database file.")
        static let log = MetricFamily("wal_bytes", .gauge, "Size of the write-ahead log's file.")
        static let free = MetricFamily(
            "free_bytes",
            .gauge,
            "Room left for the daemon on the data folder's file system."
        )
    }
}

extension Timestamp {
    fileprivate var seconds: Double { Double(milliseconds) / 1_000 }
}

/// Facts about files, found without opening them: closing one again would drop SQLite's locks.
enum FileFacts {
    /// The size in bytes; 0 where there is no file.
    static func bytes(of path: String) -> Int64 {
        var information = stat()
        return stat(path, &information) == 0 ? Int64(information.st_size) : 0
    }

    /// The bytes that a process without privileges may still write there.
    static func freeBytes(at path: String) -> Int64 {
        var information = statvfs()
        guard statvfs(path, &information) == 0 else { return 0 }
        return Int64(information.f_bavail) * Int64(information.f_frsize)
    }
}
