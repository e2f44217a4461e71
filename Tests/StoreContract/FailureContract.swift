import JobQueue
import TestSupport
import Testing

/// Failed work, grouped for someone who wants to know what is wrong.
package enum FailureContract {
    package static let behaviours = [
        Behaviour("jobs that failed alike are one group, with its count and newest job", groups),
        Behaviour("errors that differ in numbers and ids alone are one group", blanked),
        Behaviour("a held job is grouped by why it waits, not by how it failed before", held),
        Behaviour("the group that failed last comes first; the limit keeps the newest", newest),
        Behaviour("jobs that did not fail are in no group", none),
    ]

    private static func fail(_ bench: JobBench, _ kind: JobKind, _ ending: AttemptEnding) throws
        -> Job
    {
        let job = try bench.run(kind)
        try bench.end(job, ending)
        return job
    }

    static func groups(_ bench: JobBench) throws {
        let refused = AttemptEnding.discarded(JobFailure(.permanent, "no such list"))
        _ = try fail(bench, .create, refused)
        bench.clock.advance(by: .seconds(1))
        let newest = try fail(bench, .create, refused)
        let latest = bench.now
        bench.clock.advance(by: .seconds(1))
        let other = try fail(bench, .build, refused)
        let waits = try fail(bench, .build, .retry(at: bench.now + .seconds(9), .sample))
        let found = try bench.store.failureGroups(limit: 10)
        #expect(found.count == 3)
        let group = try #require(found.last)
        #expect(
            group
                == FailureGroup(
                    kind: .create,
                    state: .discarded,
                    errorClass: .permanent,
                    error: "no such list",
                    count: 2,
                    exampleJobID: newest.id,
                    latestAt: latest
                )
        )
        #expect(Set(found.prefix(2).map(\.exampleJobID)) == [other.id, waits.id])
        #expect(Set(found.prefix(2).map(\.state)) == [.discarded, .retryable])
    }

    static func blanked(_ bench: JobBench) throws {
        for text in [
            "10.0.0.7:25 timed out after 30012 ms (campaign 65f0c0ffee65f0c0ffee65f0)",
            "10.0.0.12:587 timed out after 4 ms (campaign 0123456789abcdef01234567)",
        ] {
            _ = try fail(bench, .send, .discarded(JobFailure(.transient, text)))
        }
        let found = try bench.store.failureGroups(limit: 10)
        #expect(found.map(\.error) == ["#.#.#.#:# timed out after # ms (campaign #)"])
        #expect(found.map(\.count) == [2])
    }

    static func held(_ bench: JobBench) throws {
        let job = try fail(bench, .send, .retry(at: bench.now, .sample))
        try bench.end(try #require(try bench.claim().first), .held(.inDoubt, "the reply was lost"))
        let group = try #require(try bench.store.failureGroups(limit: 10).first)
        #expect(group.state == .held)
        #expect(group.error == "in_doubt")
        #expect(group.errorClass == nil)
        #expect(group.exampleJobID == job.id)
    }

    static func newest(_ bench: JobBench) throws {
        let words = ["one", "two", "three", "four"]
        for word in words {
            bench.clock.advance(by: .seconds(1))
            _ = try fail(bench, .create, .discarded(JobFailure(.permanent, word)))
        }
        let found = try bench.store.failureGroups(limit: 3)
        #expect(found.map(\.error) == ["four", "three", "two"])
    }

    static func none(_ bench: JobBench) throws {
        for state in [JobState.scheduled, .available, .running, .completed, .cancelled] {
            _ = try bench.job(in: state)
        }
        let job = try fail(bench, .create, .retry(at: bench.now, .sample))
        try bench.end(try #require(try bench.claim(1).first), .completed)
        #expect(try bench.job(job.id).state == .completed)
        #expect(try bench.store.failureGroups(limit: 10).isEmpty)
    }
}
