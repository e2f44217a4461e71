import Campaigns
import JobQueue
import TestSupport
import Testing

/// Every legal transition can be made by the store's verbs, and by no verb an illegal one.
package enum TransitionContract {
    package static let behaviours =
        edges.map { edge in
            Behaviour("\(edge.from.rawValue) becomes \(edge.to.rawValue): \(edge.way)", edge.check)
        } + [
            Behaviour("the ways above are the legal transitions, one for each") { _ in
                for state in JobState.allCases {
                    let reached = edges.filter { $0.from == state }.map(\.to)
                    #expect(Set(reached) == state.successors, "from \(state)")
                    #expect(reached.count == state.successors.count)
                }
            }
        ]

    /// One way from a state to another.
    private struct Edge: Sendable {
        var from: JobState
        var to: JobState
        var way: String
        /// Makes a job in `from`; nil: one without a campaign.
        var start: (@Sendable (JobBench) throws -> Job)?
        var act: @Sendable (JobBench, Job) throws -> Void

        init(
            _ from: JobState,
            _ to: JobState,
            _ way: String,
            start: (@Sendable (JobBench) throws -> Job)? = nil,
            act: @escaping @Sendable (JobBench, Job) throws -> Void
        ) {
            self.from = from
            self.to = to
            self.way = way
            self.start = start
            self.act = act
        }

        func check(_ bench: JobBench) throws {
            let job = try start?(bench) ?? bench.job(in: from)
            #expect(job.state == from)
            try act(bench, job)
            #expect(try bench.job(job.id).state == to)
            #expect(
                bench.told.elements.contains(
                    .job(id: job.id, campaignID: job.campaignID, state: to)
                )
            )
        }
    }

    private static let edges = waiting + running + held

    private static let waiting = [
        Edge(.scheduled, .available, "its date has come") { bench, job in
            bench.clock.setWall(job.scheduledAt)
            _ = try bench.exchange()
        },
        Edge(.scheduled, .held, "its campaign is paused", start: datedCampaign, act: pause),
        Edge(.scheduled, .cancelled, "an operator cancels it", act: operate(.cancel)),
        Edge(.scheduled, .discarded, "an operator discards it", act: operate(.discard)),
        Edge(.available, .running, "it is claimed") { bench, job in
            let claimed = try bench.claim()
            #expect(claimed.map(\.id) == [job.id])
        },
        Edge(.available, .held, "its kind is unknown") { bench, _ in
            try bench.store.reconcileKinds(known: [], now: bench.now)
        },
        Edge(.available, .cancelled, "an operator cancels it", act: operate(.cancel)),
        Edge(.available, .discarded, "an operator discards it", act: operate(.discard)),
        Edge(.retryable, .available, "its backoff is over") { bench, job in
            bench.clock.advance(by: job.scheduledAt - bench.now)
            _ = try bench.exchange()
        },
        Edge(.retryable, .held, "its campaign is paused", start: failedCampaign, act: pause),
        Edge(.retryable, .cancelled, "an operator cancels it", act: operate(.cancel)),
        Edge(.retryable, .discarded, "an operator discards it", act: operate(.discard)),
        Edge(.discarded, .available, "an operator retries it", act: operate(.retry)),
    ]

    private static let running = [
        Edge(.running, .available, "it is given back", act: end(.givenBack)),
        Edge(.running, .scheduled, "its handler snoozes") { bench, job in
            try bench.end(job, .snoozed(until: bench.now + .seconds(1)))
        },
        Edge(.running, .retryable, "it fails") { bench, job in
            try bench.end(job, .retry(at: bench.now + .seconds(1), .sample))
        },
        Edge(.running, .held, "it is in doubt", act: end(.held(.inDoubt, "lost"))),
        Edge(.running, .completed, "it succeeds", act: end(.completed)),
        Edge(.running, .cancelled, "it was cancelled", act: end(.cancelled)),
        Edge(.running, .discarded, "it fails for good", act: end(.discarded(.sample))),
    ]

    private static let held = [
        Edge(.held, .available, "it is to be made again", act: operate(.resolve(happened: false))),
        Edge(.held, .completed, "it did happen", act: operate(.resolve(happened: true))),
        Edge(
            .held,
            .scheduled,
            "its campaign is resumed before its date",
            start: { bench in
                let job = try datedCampaign(bench)
                try pause(bench, job)
                return try bench.job(job.id)
            },
            act: { bench, job in
                let campaign = try #require(job.campaignID)
                try bench.store.resumeCampaign(campaign, owner: nil, now: bench.now)
            }
        ),
        Edge(.held, .cancelled, "an operator cancels it", act: operate(.cancel)),
        Edge(.held, .discarded, "an operator discards it", act: operate(.discard)),
    ]

    // MARK: Ways

    private static func operate(_ action: JobAction) -> @Sendable (JobBench, Job) throws -> Void {
        { bench, job in try bench.operate(action, job) }
    }

    private static func end(_ ending: AttemptEnding) -> @Sendable (JobBench, Job) throws -> Void {
        { bench, job in try bench.end(job, ending) }
    }

    @Sendable
    private static func pause(_ bench: JobBench, _ job: Job) throws {
        let campaign = try #require(job.campaignID)
        try bench.store.pauseCampaign(campaign, owner: nil, now: bench.now)
    }

    @Sendable
    private static func datedCampaign(_ bench: JobBench) throws -> Job {
        try bench.campaignJob(date: bench.clock.wall + .seconds(3_600))
    }

    @Sendable
    private static func failedCampaign(_ bench: JobBench) throws -> Job {
        _ = try bench.campaignJob()
        let job = try #require(try bench.claim().first)
        try bench.end(job, .retry(at: bench.now + .seconds(60), .sample))
        return try bench.job(job.id)
    }
}
