import APITypes
import Campaigns
import Foundation
import JobQueue
import Testing

@testable import RemoteCampaigns

/// Reading a list whose pages come in any order and shift.
@Suite("Remote: readings of the server's list", .timeLimit(.minutes(10)))
struct SweepTests {
    private static func page(_ ids: [Int], count: Int64?) throws -> RemotePage {
        let entries = ids.map { JSONValue.object(["campaignId": .string("c\($0)")]) }
        var document: [String: JSONValue] = ["result": .array(entries)]
        if let count { document["meta"] = ["count": .integer(count)] }
        let bytes = Array(try JSONCoding.encode(JSONValue.object(document)))
        return try #require(RemotePage(bytes))
    }

    private static func sweep() -> Sweep {
        Sweep(at: Timestamp(milliseconds: 0)) { $0.id == "c5" }
    }

    @Test("is complete once as many campaigns were seen as there are")
    func counted() throws {
        var sweep = Self.sweep()
        sweep.take(try Self.page([1, 2], count: 3))
        #expect(!sweep.isOver)
        #expect(sweep.target == "/api/campaign?page=2&limit=100")
        sweep.take(try Self.page([5], count: 3))
        #expect(sweep.isOver && sweep.isComplete)
        #expect(sweep.entries.keys.sorted() == ["c5"])
    }

    @Test("goes round again where pages overlapped")
    func overlap() throws {
        var sweep = Self.sweep()
        sweep.take(try Self.page([1, 2], count: 4))
        sweep.take(try Self.page([2, 3], count: 4))
        sweep.take(try Self.page([], count: 4))
        #expect(sweep.target == "/api/campaign?page=1&limit=100")
        sweep.take(try Self.page([3, 5], count: 4))
        #expect(sweep.isOver && sweep.isComplete)
    }

    @Test("ends without an answer where it can never see them all")
    func hopeless() throws {
        var sweep = Self.sweep()
        var pages = 0
        while !sweep.isOver {
            sweep.take(try Self.page([1, 2], count: 40))
            pages += 1
            try #require(pages < 1_000)
        }
        #expect(!sweep.isComplete)
    }

    @Test("believes a server without a count at a page that shows nothing new")
    func uncounted() throws {
        var sweep = Self.sweep()
        sweep.take(try Self.page([1], count: nil))
        sweep.take(try Self.page([5], count: nil))
        #expect(!sweep.isOver)
        sweep.take(try Self.page([5], count: nil))
        #expect(sweep.isOver && sweep.isComplete)
    }

    @Test("an empty server is read in one page", arguments: [0, nil] as [Int64?])
    func empty(count: Int64?) throws {
        var sweep = Self.sweep()
        sweep.take(try Self.page([], count: count))
        #expect(sweep.isOver && sweep.isComplete)
    }

    @Test("entries of odd shape are read as far as they go, and those without an id left out")
    func oddEntries() throws {
        let text = """
            {"result":[7,{"name":"no id"},{"campaignId":"a b"},{"campaignId":"c5","name":3,\
            "channel":"email","contactListId":[{"_id":"AB"},"cd"],"stats":{"result":[{"count":1},\
            {"_id":{"status":"SENT"},"count":2.0}]},"changeLog":[{},{"status":"BUILD"}]}]}
            """
        let page = try #require(RemotePage(Array(text.utf8)))
        #expect(page.entries.map(\.id) == ["c5"])
        let entry = try #require(page.entries.first)
        #expect(entry.name == "")
        #expect(entry.channels == nil)
        #expect(entry.listIDs == ["ab", "cd"])
        #expect(entry.log == ["BUILD"])
        #expect(entry.counts == [.init(status: "SENT", count: 2)])
        #expect(RemotePage(Array("<html>".utf8)) == nil)
        #expect(RemotePage(Array(#"{"result":"error"}"#.utf8)) == nil)
    }
}
