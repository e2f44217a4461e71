import Campaigns
import Foundation
import JobQueue
import SQLiteStore
import TestSupport
import Testing

@testable import RemoteCampaigns

/// Many campaigns through one account.
@Suite("Remote: many campaigns at once", .timeLimit(.minutes(60)))
struct LoadTests {
    /// How many campaigns go through an account of which rate.
    struct Load: Sendable, CustomTestStringConvertible {
        var campaigns: Int
        var ratePerSecond: Double
        var testDescription: String { "\(campaigns) campaigns at \(ratePerSecond) requests/s" }

        /// The first takes seconds; the second, some ten minutes, is made where it is asked for.
        static let all = [
            Load(campaigns: 60, ratePerSecond: 200), Load(campaigns: 500, ratePerSecond: 5),
        ].prefix(ProcessInfo.processInfo.environment["CAMPAIGND_LARGE_TESTS"] == "1" ? 2 : 1)
    }

    @Test("all settle, each once, and another account is not held up", arguments: Load.all)
    func load(_ load: Load) throws {
        let busy = try SeedServer()
        let other = try SeedServer()
        let site = try RemoteSite([
            .test(busy.url) {
                $0.ratePerSecond = load.ratePerSecond
                $0.settle = .seconds(30)
                $0.poll = Backoff(first: .seconds(1), maximum: .seconds(60))
            }, .test(other.url, name: "second"),
        ])
        let started = site.clock.now
        let ids = try (0..<load.campaigns).map { number in
            try site.enqueue(try RemoteSite.spec("Spring \(number)"))
        }
        let passing = try site.enqueue(try RemoteSite.spec(), account: "second")
        #expect(try site.settle(passing).status == .sent)
        let open = try ids.filter { try site.shown($0).status != .sent }
        #expect(!open.isEmpty)
        let passed = site.clock.now - started
        for id in ids { #expect(try site.settle(id).status == .sent) }
        let took = site.clock.now - started
        #expect(busy.own.count == load.campaigns)
        #expect(busy.own.allSatisfy { $0.builds == 1 && $0.sends == 1 })
        let arrivals = busy.arrivals.elements.sorted()
        let span = (arrivals.last ?? started) - (arrivals.first ?? started)
        print(
            "\(load.testDescription): \(arrivals.count) requests in \(span), all settled after "
                + "\(took); the other account's campaign after \(passed); most in any second: "
                + "\(Self.most(of: arrivals))"
        )
        // The last request leaves no earlier than the rate allows all before it.
        let interval = Int64((1_000 / load.ratePerSecond).rounded(.up))
        let least = Int64(arrivals.count - 1) * interval - Self.transit
        #expect(span.wholeMilliseconds >= least)
        try site.close()
        busy.stop()
        other.stop()
    }

    /// How much longer the first request may have been on its way than the last.
    private static let transit: Int64 = 5_000

    /// The most arrivals in any window of a second.
    private static func most(of arrivals: [Timestamp]) -> Int {
        var most = 0
        var first = 0
        for (index, arrival) in arrivals.enumerated() {
            while arrival - arrivals[first] >= .seconds(1) { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }
}
