package import JobQueue
import Testing

/// All that a store tells about its jobs: to be checked against itself, or compared.
package struct Books: Equatable {
    /// Ascending by id.
    package var jobs: [Job] = []
    /// The history of each job.
    package var attempts: [Int64: [Attempt]] = [:]
    var counts: [Tally: Int64] = [:]

    struct Tally: Hashable {
        var kind: JobKind
        var state: JobState
    }

    /// Reads everything, page by page.
    package init(of store: any JobStore) throws {
        var before: Int64?
        while true {
            let page = try store.jobs(matching: JobFilter(), before: before, limit: Self.pageSize)
            guard let last = page.last else { break }
            jobs += page
            before = last.id
        }
        jobs.reverse()
        for job in jobs { attempts[job.id] = try store.attempts(ofJob: job.id) }
        for count in try store.jobCounts() {
            counts[Tally(kind: count.kind, state: count.state)] = count.count
        }
    }

    /// Expects what holds of every store at all times, the counters above all.
    package func check() {
        var recount: [Tally: Int64] = [:]
        for job in jobs { recount[Tally(kind: job.kind, state: job.state), default: 0] += 1 }
        #expect(counts == recount, "the counters must equal a recount")
        let unfinished = jobs.filter { !$0.state.isFinal }.compactMap(\.campaignID)
        #expect(Set(unfinished).count == unfinished.count, "one unfinished job for a campaign")
        for job in jobs { check(job) }
    }

    private func check(_ job: Job) {
        #expect((job.state == .held) == (job.holdReason != nil))
        #expect((job.state == .running) == (job.epoch != nil))
        #expect(job.state.isFinal == (job.finishedAt != nil))
        #expect(!job.isCancelRequested || job.state == .running)
        #expect(job.attempt >= 0 && job.crashes >= 0)
        let history = attempts[job.id] ?? []
        #expect(history.allSatisfy { $0.startedAt <= $0.endedAt })
        #expect(history.count { $0.outcome == .completed } <= 1, "completed once at most")
    }

    /// Small, so that every check pages.
    private static let pageSize = 50
}
