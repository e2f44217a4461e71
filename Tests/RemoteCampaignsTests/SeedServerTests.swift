import APITypes
import Campaigns
import JobQueue
import SQLiteStore
import TestSupport
import Testing

@testable import RemoteCampaigns

/// Campaigns at a server that gives no id, repeats every write, and fails in every way.
@Suite("Remote: a server that speaks the seed's API only", .timeLimit(.minutes(10)))
struct SeedServerTests {
    @Test("a campaign is created, built and sent, and what the server shows is mirrored")
    func straight() throws {
        let server = try SeedServer(.with { $0.strangers = 3 })
        let site = try RemoteSite([.test(server.url)])
        let id = try site.enqueue(try RemoteSite.spec())
        let campaign = try site.settle(id)
        #expect(campaign.status == .sent)
        #expect(campaign.changeLog.map(\.status) == [.draft, .build, .sending, .sent])
        let own = server.own
        #expect(own.map(\.sends) == [1])
        #expect(own.map(\.builds) == [1])
        #expect(campaign.remote?.remoteID == own.first?.id)
        #expect(campaign.remote?.mirror?.status == "SENT")
        #expect(campaign.remote?.mirror?.counts == [.init(status: "SENT", count: 5)])
        #expect(own.first?.spec["name"]?.text == campaign.remote?.name)
        #expect(campaign.remote?.name.hasPrefix("Spring [") == true)
        try site.close()
        server.stop()
    }

    /// A fault at one write.
    struct Case: CustomTestStringConvertible, Sendable {
        var step: CampaignStep
        var fault: SeedServer.Fault
        var testDescription: String { "\(step) \(fault)" }

        static let all = CampaignStep.allCases.flatMap { step in
            SeedServer.Fault.allCases.map { Case(step: step, fault: $0) }
        }
    }

    @Test(
        "whatever happens to the first request of a write, nothing is done twice",
        arguments: Case.all
    )
    func fault(_ test: Case) throws {
        let server = try SeedServer { write, number in
            write == test.step.rawValue && number == 1 ? test.fault : .none
        }
        let site = try RemoteSite([.test(server.url)])
        let id = try site.enqueue(try RemoteSite.spec())
        let campaign = try site.settle(id)
        let own = server.own
        let isCreatedTwice = test.step == .create && test.fault == .duplicate
        #expect(own.count == (isCreatedTwice ? 2 : 1))
        #expect(own.filter { $0.builds > 0 }.count == 1)
        // A proxy that repeats a write does so before anybody can know.
        let isRepeatedOutside = test.fault == .duplicate
        #expect(own.map(\.builds).max() == (test.step == .build && isRepeatedOutside ? 2 : 1))
        let cannotTell = test.step == .send && !test.fault.hasEffect
        if cannotTell {
            let job = try #require(try site.store.newestJob(ofCampaign: id))
            #expect(job.holdReason == .inDoubt)
            #expect(campaign.status == .build)
            #expect(own.map(\.sends).max() == 0)
            _ = try site.service.operate(.resolve(happened: false), onJobs: [job.id])
            #expect(try site.settle(id).status == .sent)
            #expect(server.own.map(\.sends).max() == 1)
        } else {
            #expect(campaign.status == .sent)
            #expect(own.map(\.sends).max() == (test.step == .send && isRepeatedOutside ? 2 : 1))
            #expect(server.count(of: "send") == 1)
        }
        if isCreatedTwice { #expect(campaign.remote?.duplicates.count == 1) }
        try site.close()
        server.stop()
    }
}
