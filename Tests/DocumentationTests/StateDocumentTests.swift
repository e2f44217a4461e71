import Campaigns
import JobQueue
import Testing

@Suite("Documents: states are those of the code", .timeLimit(.minutes(10)))
struct StateDocumentTests {
    private static let jobs = Document(path: "docs/job-states.md")
    private static let campaigns = Document(path: "docs/campaign-states.md")

    private static let jobArrows = JobState.allCases.flatMap { state in
        state.successors.map { Arrow(from: state.rawValue, to: $0.rawValue) }
    }
    private static let campaignArrows = CampaignStatus.allCases.flatMap { status in
        status.successors.map { Arrow(from: status.rawValue, to: $0.rawValue) }
    }

    @Test(
        "table and diagram have every transition of the code once, and no other",
        arguments: [(jobs, jobArrows), (campaigns, campaignArrows)]
    )
    func transitions(_ document: Document, _ expected: [Arrow]) throws {
        let rows = try document.rows(under: "| From | To | When |", upTo: "<!-- /transitions -->")
        let table = rows.map { Arrow(from: $0[0].joined(), to: $0[1].joined()) }
        for documented in [table, try document.arrows] {
            let found = Set(documented)
            #expect(found.count == documented.count, "a transition stands twice")
            #expect(found.subtracting(expected) == [], "not in the code")
            #expect(Set(expected).subtracting(found) == [], "not in \(document.path)")
        }
    }

    @Test("every state has a row that says what it means")
    func meanings() throws {
        let jobStates = try Self.jobs.rows(under: "| State | Meaning |", upTo: "## Every")
        #expect(jobStates.map { $0[0] } == JobState.allCases.map { [$0.rawValue] })
        let statuses = try Self.campaigns.rows(under: "| Status | Meaning |", upTo: "## Every")
        #expect(statuses.map { $0[0] } == CampaignStatus.allCases.map { [$0.rawValue] })
    }

    @Test("each hold reason is listed with the verbs that end it")
    func verbs() throws {
        let rows = try Self.jobs.rows(under: "| Reason | Verbs |", upTo: "<!-- /verbs -->")
        #expect(rows.map { $0[0] } == HoldReason.allCases.map { [$0.rawValue] })
        for (row, reason) in zip(rows, HoldReason.allCases) {
            #expect(Set(row[1]) == Set(reason.verbs.map(\.rawValue)), "\(reason.rawValue)")
        }
    }

    @Test("every message state has a row")
    func messageStates() throws {
        let document = Document(path: "docs/delivery.md")
        let rows = try document.rows(under: "| State | Open | Meaning |", upTo: "The faults of")
        let documented = rows.flatMap { $0[0] }
        #expect(documented.sorted() == MessageState.allCases.map(\.rawValue).sorted())
    }
}
