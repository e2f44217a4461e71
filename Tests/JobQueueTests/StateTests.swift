import JobQueue
import Testing

@Suite("Job states and hold reasons", .timeLimit(.minutes(10)))
struct StateTests {
    /// The table again, drawn: rows are from, columns are to, in the order of `JobState.allCases`.
    private static let drawn: [(from: JobState, to: String)] = [
        //              scheduled available running retryable held completed cancelled discarded
        (.scheduled, "      .        x        .        .      x      .        x         x"),
        (.available, "      .        .        x        .      x      .        x         x"),
        (.running, "        x        x        .        x      x      x        x         x"),
        (.retryable, "      .        x        .        .      x      .        x         x"),
        (.held, "           x        x        .        .      .      x        x         x"),
        (.completed, "      .        .        .        .      .      .        .         ."),
        (.cancelled, "      .        .        .        .      .      .        .         ."),
        (.discarded, "      .        x        .        .      .      .        .         ."),
    ]

    @Test("a job may go from one state to another exactly where the table says so")
    func everyPair() throws {
        #expect(Self.drawn.map(\.from) == JobState.allCases)
        for (from, row) in Self.drawn {
            let marks = row.filter { $0 != " " }
            try #require(marks.count == JobState.allCases.count)
            for (to, mark) in zip(JobState.allCases, marks) {
                #expect(from.successors.contains(to) == (mark == "x"), "\(from) to \(to)")
            }
        }
    }

    @Test("final states are those from which only an operator leads on")
    func finalStates() {
        let final = JobState.allCases.filter(\.isFinal)
        #expect(final == [.completed, .cancelled, .discarded])
    }

    @Test("every state can be reached from the states a job is born in")
    func reachable() {
        var reached: Set<JobState> = [.scheduled, .available]
        var edge = reached
        while !edge.isEmpty {
            edge = Set(edge.flatMap(\.successors)).subtracting(reached)
            reached.formUnion(edge)
        }
        #expect(reached == Set(JobState.allCases))
    }

    @Test("each hold reason allows its own verb, and all allow discard")
    func verbs() {
        let expected: [HoldReason: HoldReason.Verb] = [
            .inDoubt: .resolve, .paused: .resume, .unknownKind: .release, .late: .release,
            .restored: .release,
        ]
        #expect(Set(expected.keys) == Set(HoldReason.allCases))
        for (reason, verb) in expected {
            #expect(reason.verbs == [verb, .discard])
        }
    }

    @Test("names are those that SQL and JSON use")
    func names() {
        #expect(
            JobState.allCases.map(\.rawValue) == [
                "scheduled", "available", "running", "retryable", "held", "completed", "cancelled",
                "discarded",
            ]
        )
        #expect(
            HoldReason.allCases.map(\.rawValue) == [
                "in_doubt", "paused", "unknown_kind", "late", "restored",
            ]
        )
    }
}
