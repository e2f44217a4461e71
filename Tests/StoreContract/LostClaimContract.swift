import Campaigns
import JobQueue
import TestSupport
import Testing

/// A claim that no longer holds writes nothing.
package enum LostClaimContract {
    package static let behaviours = [
        Behaviour("the end of an earlier attempt is lost", staleAttempt),
        Behaviour("the end of an attempt of an earlier epoch is lost", staleEpoch),
        Behaviour("an attempt is ended once; its second end is lost", secondEnd),
        Behaviour("no ending is taken for a job that does not run", notRunning),
        Behaviour("no progress is taken for a job that does not run", noProgress),
        Behaviour("an attempt whose campaign was paused or cancelled meanwhile is lost", moved),
        Behaviour("a lost claim does not keep others of its exchange from being stored", others),
    ]

    private static func endings(_ bench: JobBench) -> [AttemptEnding] {
        [
            .completed, .retry(at: bench.now, .sample), .discarded(.sample), .cancelled,
            .held(.inDoubt, "lost"), .snoozed(until: bench.now), .givenBack,
        ]
    }

    /// Tries every ending, and progress, with a claim that does not hold.
    private static func expectLost(_ claim: JobClaim, _ bench: JobBench) throws {
        try bench.unchanged {
            for ending in endings(bench) {
                let ended = EndedAttempt(
                    claim: claim,
                    startedAt: bench.now,
                    endedAt: bench.now,
                    ending: ending
                )
                let lost = try bench.exchange([ended]).lost
                #expect(lost == [claim], "\(ending)")
            }
            #expect(throws: StoreError.claimLost(claim)) {
                try bench.store.recordProgress(JobProgress(done: 5), of: claim)
            }
        }
    }

    static func staleAttempt(_ bench: JobBench) throws {
        let first = try bench.run()
        try bench.end(first, .retry(at: bench.now, .sample))
        let second = try #require(try bench.claim().first)
        #expect(second.attempt == 2)
        try expectLost(try #require(first.claim), bench)
        try bench.end(second, .completed)
    }

    static func staleEpoch(_ bench: JobBench) throws {
        let first = try bench.run()
        try bench.restart(after: .death)
        let second = try #require(try bench.claim().first)
        #expect(second.attempt == first.attempt)
        try expectLost(try #require(first.claim), bench)
        try bench.end(second, .completed)
    }

    static func secondEnd(_ bench: JobBench) throws {
        for ending in endings(bench) {
            let job = try bench.run()
            let ended = try bench.ended(job, ending)
            #expect(try bench.exchange([ended, ended]).lost == [ended.claim], "\(ending)")
            #expect(try bench.history(job).count == 1)
            try bench.putAway(try bench.job(job.id))
        }
    }

    static func notRunning(_ bench: JobBench) throws {
        for place in Place.all where place.state != .running {
            let job = try bench.job(in: place)
            for attempt in [job.attempt, 1] {
                let claim = JobClaim(jobID: job.id, attempt: attempt, epoch: bench.epoch)
                try expectLost(claim, bench)
            }
        }
        try expectLost(JobClaim(jobID: 4_711, attempt: 1, epoch: bench.epoch), bench)
    }

    static func noProgress(_ bench: JobBench) throws {
        let job = try bench.run()
        let claim = try #require(job.claim)
        try bench.store.recordProgress(JobProgress(done: 1), of: claim)
        try bench.end(job, .completed)
        try bench.unchanged {
            #expect(throws: StoreError.claimLost(claim)) {
                try bench.store.recordProgress(JobProgress(done: 2), of: claim)
            }
        }
    }

    static func moved(_ bench: JobBench) throws {
        for isPaused in [true, false] {
            let campaign = try #require(try bench.campaignJob().campaignID)
            let job = try #require(try bench.claim(1).first)
            #expect(job.campaignID == campaign)
            if isPaused {
                try bench.store.pauseCampaign(campaign, owner: nil, now: bench.now)
            } else {
                try bench.operate(.cancel, job)
            }
            #expect(try bench.job(job.id).state == (isPaused ? .held : .cancelled))
            #expect(bench.told.elements.last { $0.cancelledJob != nil }?.cancelledJob == job.id)
            try expectLost(try #require(job.claim), bench)
        }
    }

    static func others(_ bench: JobBench) throws {
        let lost = try bench.run()
        let kept = try bench.run()
        try bench.end(lost, .givenBack)
        let batch = try bench.exchange([
            try bench.ended(lost, .completed), try bench.ended(kept, .completed),
        ])
        #expect(batch.lost == [lost.claim])
        #expect(try bench.job(kept.id).state == .completed)
    }
}
