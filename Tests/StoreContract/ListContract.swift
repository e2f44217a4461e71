import JobQueue
import TestSupport
import Testing

/// How jobs are listed and counted.
package enum ListContract {
    package static let behaviours = [
        Behaviour("each condition of a filter narrows the list, and all must hold", filters),
        Behaviour("a text is looked for as it is, letter case aside", errorText),
        Behaviour("pages follow one another from newest to oldest without gap or repeat", paging),
        Behaviour("a page is not moved by jobs that come in meanwhile", stablePages),
        Behaviour("jobs are counted by kind and state, over all accounts", counts),
    ]

    private static func ids(
        _ bench: JobBench,
        before: Int64? = nil,
        limit: Int = 100,
        _ set: (inout JobFilter) -> Void = { _ in }
    ) throws -> [Int64] {
        var filter = JobFilter()
        set(&filter)
        return try bench.store.jobs(matching: filter, before: before, limit: limit).map(\.id)
    }

    static func filters(_ bench: JobBench) throws {
        let user = NewJob(kind: .send, campaignID: "c1", userID: "u1")
        let mine = try #require(try bench.store.enqueue([user], now: bench.now).first).id
        var places: [JobState: Int64] = [:]
        for state in JobState.allCases { places[state] = try bench.job(in: state).id }
        bench.clock.advance(by: .seconds(1))
        let newest = try bench.add(.build).id

        #expect(try ids(bench) { $0.kind = .build } == [newest])
        #expect(try ids(bench) { $0.campaignID = "c1" } == [mine])
        #expect(try ids(bench) { $0.userID = "u1" } == [mine])
        #expect(try ids(bench) { $0.since = bench.now } == [newest])
        #expect(try ids(bench) { $0.since = bench.now + .milliseconds(1) } == [])
        for state in JobState.allCases where state != .available {
            #expect(try ids(bench) { $0.states = [state] } == [places[state]])
        }
        for states: Set<JobState> in [[.discarded, .held], [.retryable, .running, .completed]] {
            let expected = states.compactMap { places[$0] }.sorted(by: >)
            #expect(try ids(bench) { $0.states = states } == expected)
        }
        #expect(
            try ids(bench) {
                $0.states = [.available]
                $0.kind = .send
                $0.userID = "u1"
            } == [mine]
        )
        #expect(
            try ids(bench) {
                $0.states = [.available]
                $0.kind = .build
                $0.userID = "u1"
            } == []
        )
    }

    static func errorText(_ bench: JobBench) throws {
        let texts = ["100% full", "100 times full", #"a_b\c"#, "axb", "Server BUSY"]
        var stored: [Int64] = []
        for text in texts {
            let job = try bench.run()
            try bench.end(job, .discarded(JobFailure(.permanent, text)))
            stored.append(job.id)
        }
        #expect(try ids(bench) { $0.errorText = "0%" } == [stored[0]])
        #expect(try ids(bench) { $0.errorText = "a_b" } == [stored[2]])
        #expect(try ids(bench) { $0.errorText = #"b\c"# } == [stored[2]])
        #expect(try ids(bench) { $0.errorText = "server busy" } == [stored[4]])
        #expect(try ids(bench) { $0.errorText = "full" } == [stored[1], stored[0]])
        #expect(try ids(bench) { $0.errorText = "nothing like it" } == [])
    }

    static func paging(_ bench: JobBench) throws {
        let stored = try (0..<25).map { _ in try bench.add().id }
        for limit in [1, 7, 25, 26] {
            var seen: [Int64] = []
            while case let page = try ids(bench, before: seen.last, limit: limit), !page.isEmpty {
                #expect(page.count <= limit)
                seen += page
            }
            #expect(seen == stored.reversed(), "pages of \(limit)")
        }
    }

    static func stablePages(_ bench: JobBench) throws {
        let stored = try (0..<6).map { _ in try bench.add().id }
        let first = try ids(bench, limit: 3)
        _ = try bench.add()
        try bench.operate(.cancel, try bench.job(stored[5]))
        let second = try ids(bench, before: first.last, limit: 3)
        #expect(first + second == stored.reversed())
    }

    static func counts(_ bench: JobBench) throws {
        #expect(try bench.store.jobCounts().isEmpty)
        for account in ["local", "acme"] {
            try bench.add(.create, account: account)
            try bench.add(.build, account: account, date: bench.clock.wall + .seconds(1))
        }
        let job = try bench.run()
        try bench.end(job, .completed)
        #expect(
            try bench.store.jobCounts() == [
                JobCount(kind: .build, state: .scheduled, count: 2),
                JobCount(kind: .create, state: .available, count: 2),
                JobCount(kind: .create, state: .completed, count: 1),
            ]
        )
    }
}
