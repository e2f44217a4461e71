import CoreMetrics
import Exposition

/// What the program counts while it runs, as `/metrics` shows it.
enum CountedMetrics {
    /// Has everything counted from here on; to be called once, before any part is made.
    static func begin() -> MetricsRegistry {
        let registry = MetricsRegistry(families)
        MetricsSystem.bootstrap(registry)
        return registry
    }

    private static let families = [
        MetricFamily(
            "job_attempts_total",
            .counter,
            "Attempts of jobs that ended, by kind and outcome."
        ),
        MetricFamily(
            "job_attempt_duration_seconds",
            .seconds,
            "How long an attempt of a job took."
        ),
        MetricFamily(
            "message_flights_total",
            .counter,
            "Messages whose flight ended, by channel and outcome."
        ),
        MetricFamily(
            "message_send_seconds",
            .seconds,
            "How long a transport had a message."
        ),
        MetricFamily(
            "writer_turn_writes",
            .sizes,
            "Writes that shared one transaction."
        ),
        MetricFamily(
            "writer_commit_seconds",
            .seconds,
            "How long a COMMIT took, its fsync included."
        ),
    ]
}
