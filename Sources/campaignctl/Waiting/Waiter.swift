import APITypes
import JobQueue

/// Waits until a campaign, or one job, has ended or cannot go on by itself.
struct Waiter {
    /// What is waited for.
    enum Target: Equatable {
        case job(String)
        case campaign(String)

        /// The campaign of an enqueued job, whose last step may be another job's; else the job.
        init(_ job: JobBody) {
            self = job.campaignId.map(Target.campaign) ?? .job(String(job.id))
        }

        /// Tells the ids apart: a job's is a number of fewer digits than a campaign's id has.
        init(id: String) {
            self = id.utf8.count < Self.campaignIDLength ? .job(id) : .campaign(id)
        }

        /// "job 7", for messages.
        var name: String {
            switch self {
            case .job(let id): "job \(id)"
            case .campaign(let id): "campaign \(id)"
            }
        }

        private static let campaignIDLength = 24
    }

    let session: Session
    let target: Target
    /// Nil: for as long as it takes.
    var timeout: Duration?

    /// Asks again and again, each time for as long as the daemon lets an answer wait.
    func outcome() throws -> WaitOutcome {
        let deadline = timeout.map { session.console.now() + $0 }
        let bar = session.console.progressBar("waiting", unit: .things("messages"))
        defer { bar.clear() }
        var isNoted = false
        while true {
            let left = deadline.map { $0 - session.console.now() } ?? Self.longestAsk
            let ask = min(left, bar.isShown ? Self.shortAsk : Self.longestAsk)
            let document = try session.document(call(asking: ask))
            let state = try session.read(WaitBody.self, from: document)
            let isLate = deadline.map { session.console.now() >= $0 } ?? false
            if state.done || isLate {
                return WaitOutcome(target: target, state: state, document: document)
            }
            WaitProgress(state).show(on: bar)
            guard session.connection.isOffline else { continue }
            if !isNoted { session.console.note("no daemon is running; waiting for one to start") }
            isNoted = true
            session.connection.pause(Self.offlinePause)
        }
    }

    private func call(asking span: Duration) -> Call {
        let call =
            switch target {
            case .job(let id): Call.get("api", "jobs", id, "wait")
            case .campaign(let id): Call.get("api", "campaign", id, "wait")
            }
        // Rounded up, so that the last part of a second is not spent asking without pause.
        let seconds = (max(0, span.wholeMilliseconds) + 999) / 1_000
        return call.asking("timeout", seconds)
    }

    /// The longest the daemon lets an answer wait.
    private static let longestAsk = Duration.seconds(60)
    /// Between two drawings of a progress bar.
    private static let shortAsk = Duration.seconds(1)
    /// Between two looks at a file that nobody works on.
    private static let offlinePause = Duration.seconds(1)
}
