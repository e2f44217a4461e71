import APITypes
import Campaigns
import JobQueue
import SQLiteStore
import TestSupport
import Testing

@testable import RemoteCampaigns

/// Servers that are odd in ways the seed's page does not exclude.
@Suite("Remote: servers of all manners", .timeLimit(.minutes(10)))
struct MannerTests {
    struct Oddity: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var manner: SeedServer.Manner
        var aliases: [String: CampaignStatus] = [:]
        var hasMarker = true

        static let all = [
            Oddity(
                testDescription: "pages of three, in another order each time",
                manner: .with {
                    $0.strangers = 7
                    $0.pageSize = 3
                    $0.isShuffled = true
                }
            ),
            Oddity(
                testDescription: "pages that shift while they are read",
                manner: .with {
                    $0.strangers = 7
                    $0.pageSize = 3
                    $0.isShifting = true
                }
            ),
            Oddity(
                testDescription: "a clock that is ten minutes behind",
                manner: .with { $0.clockSkew = .seconds(-600) },
                hasMarker: false
            ),
            Oddity(
                testDescription: "a clock that is ten minutes ahead",
                manner: .with { $0.clockSkew = .seconds(600) },
                hasMarker: false
            ),
            Oddity(
                testDescription: "fields we do not know, and no settings",
                manner: .with { $0.hasExtraFields = true }
            ),
            Oddity(
                testDescription: "words of its own, which the account explains",
                manner: .with {
                    $0.words = ["DRAFT": "NEW", "BUILD": "READY", "SENDING": "RUNNING"]
                    $0.endStatus = "OVER"
                },
                aliases: ["READY": .build, "RUNNING": .sending, "OVER": .sent]
            ),
            Oddity(
                testDescription: "an end that no table knows",
                manner: .with { $0.endStatus = "HATCHED" }
            ),
            Oddity(testDescription: "an id from create", manner: .with { $0.returnsID = true }),
            Oddity(
                testDescription: "no marker allowed",
                manner: .with { $0.strangers = 3 },
                hasMarker: false
            ),
        ]
    }

    @Test("a lost reply to every write, and still each is done once", arguments: Oddity.all)
    func lostReplies(_ oddity: Oddity) throws {
        let server = try SeedServer(oddity.manner) { _, number in
            number == 1 ? .dropReply : .none
        }
        let policy = AccountPolicy.test(server.url) {
            $0.statuses = oddity.aliases
            $0.hasMarker = oddity.hasMarker
        }
        let site = try RemoteSite([policy])
        let id = try site.enqueue(try RemoteSite.spec())
        let campaign = try site.settle(id)
        #expect(campaign.status == .sent)
        #expect(server.own.map(\.builds) == [1])
        #expect(server.own.map(\.sends) == [1])
        try site.close()
        server.stop()
    }

    @Test("two campaigns of equal content without a marker get a campaign each")
    func twins() throws {
        let server = try SeedServer { write, number in
            write == "create" && number == 1 ? .dropReply : .none
        }
        let site = try RemoteSite([.test(server.url) { $0.hasMarker = false }])
        let spec = try RemoteSite.spec()
        let ids = [try site.enqueue(spec), try site.enqueue(spec)]
        for id in ids { #expect(try site.settle(id).status == .sent) }
        #expect(server.own.map(\.sends) == [1, 1])
        let bound = try ids.map { try site.shown($0).remote?.remoteID }
        #expect(Set(bound) == Set(server.own.map(\.id)))
        try site.close()
        server.stop()
    }

    @Test("a refusal gives the job up with the server's words, and a retry asks again")
    func refused() throws {
        let server = try ScriptedHTTPServer { stage, request in
            guard stage == .request else { return .proceed }
            return request.method == "GET"
                ? .reply(200, body: #"{"result":[],"meta":{"count":0}}"#)
                : .reply(422, body: #"{"detail":"template deleted"}"#)
        }
        let refused = try RemoteSite([.test(server.url)])
        let id = try refused.enqueue(try RemoteSite.spec())
        let campaign = try refused.settle(id)
        #expect(campaign.status == .failed)
        let job = try #require(try refused.store.newestJob(ofCampaign: id))
        #expect(job.lastError?.errorClass == .permanent)
        #expect(job.lastError?.message.contains("template deleted") == true)
        #expect(job.attempt == 1)
        _ = try refused.service.operate(.retry, onJobs: [job.id])
        try refused.settle(id)
        #expect(server.requests.elements.count { $0.method == "POST" } == 2)
        try refused.close()
        server.stop()
    }
}
