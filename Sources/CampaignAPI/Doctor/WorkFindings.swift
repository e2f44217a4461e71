import APITypes
import Campaigns
import JobQueue

/// What of the work stands still.
struct WorkFindings {
    let jobs: [JobCount]
    let messages: [MessageTotal]
    let waits: LongestWaits
    let paused: Set<JobKind>
    /// Campaigns that are PAUSED and PARTIAL.
    let standing: [CampaignStatus: Int64]
    let now: Timestamp

    var all: [FindingBody] {
        let findings = pausedKinds + held + discarded + overdue + inDoubt + campaigns
        return findings.isEmpty ? [.ok("work", "nothing waits for anybody")] : findings
    }

    private var pausedKinds: [FindingBody] {
        paused.map(\.rawValue).sorted().map { kind in
            .warning("work", "\(kind) jobs are paused", "campaignctl resume \(kind)")
        }
    }

    private var held: [FindingBody] {
        jobs.filter { $0.state == .held && $0.count > 0 }.map { count in
            .warning(
                "work",
                "\(count.count) \(count.kind.rawValue) jobs are held",
                "campaignctl jobs list --state held, then campaignctl jobs why ID"
            )
        }
    }

    private var discarded: [FindingBody] {
        jobs.filter { $0.state == .discarded && $0.count > 0 }.map { count in
            .warning(
                "work",
                "\(count.count) \(count.kind.rawValue) jobs were given up",
                "campaignctl jobs failed, then campaignctl jobs retry ID or jobs discard ID"
            )
        }
    }

    private var overdue: [FindingBody] {
        waits.jobs.filter { !paused.contains($0.key) && now - $0.value > Self.patience }
            .sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, since in
                .fault(
                    "work",
                    "a \(kind.rawValue) job that could run has waited since \(since)",
                    "campaignctl jobs list --state available --kind \(kind.rawValue); is the "
                        + "daemon running, and are workers enough?"
                )
            }
    }

    private var inDoubt: [FindingBody] {
        messages.filter { $0.state == .unknown && $0.count > 0 }.map { total in
            .warning(
                "work",
                "\(total.count) messages by \(total.channel.rawValue) are in doubt",
                "campaignctl campaigns messages ID --state unknown, then campaignctl messages resolve"
            )
        }
    }

    private var campaigns: [FindingBody] {
        standing.filter { $0.value > 0 }.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { status, count in
                .warning(
                    "work",
                    "\(count) campaigns are \(status.rawValue)",
                    "campaignctl campaigns list --status \(status.rawValue)"
                )
            }
    }

    /// How long a job that could run may wait before somebody should look.
    private static let patience = Duration.seconds(600)
}
