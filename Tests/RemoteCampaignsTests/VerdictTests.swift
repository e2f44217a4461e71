import Campaigns
import JobQueue
import Outbound
import Testing

@testable import RemoteCampaigns

/// What replies mean for a write and for the account: the table of docs/remote.md.
@Suite("Remote: what a reply says", .timeLimit(.minutes(10)))
struct VerdictTests {
    struct Reply: Sendable, CustomTestStringConvertible {
        var status: Int
        var headers: [(name: String, value: String)] = []
        var body = #"{"result":"success"}"#
        var effect: Verdict.Effect
        var health: Verdict.Health
        var testDescription: String { "\(status) \(headers.map(\.name)) \(body)" }

        static let table = [
            Reply(status: 200, effect: .accepted(id: nil), health: .good),
            Reply(
                status: 202,
                body: #"{"result":"pending","campaignId":"a1"}"#,
                effect: .accepted(id: "a1"),
                health: .good
            ),
            Reply(status: 200, body: "{}", effect: .accepted(id: nil), health: .good),
            Reply(status: 200, body: "<html>", effect: .unknown, health: .good),
            Reply(status: 200, body: #"{"result":"error"}"#, effect: .unknown, health: .good),
            Reply(status: 400, effect: .refused, health: .good),
            Reply(status: 404, effect: .refused, health: .good),
            Reply(status: 409, effect: .refused, health: .good),
            Reply(status: 422, effect: .refused, health: .good),
            Reply(status: 408, effect: .unknown, health: .unclear),
            Reply(
                status: 429,
                headers: [("retry-after", "7")],
                effect: .none,
                health: .throttled(.seconds(7))
            ),
            Reply(status: 429, effect: .none, health: .throttled(.seconds(10))),
            Reply(
                status: 503,
                headers: [("retry-after", "30")],
                effect: .none,
                health: .throttled(.seconds(30))
            ),
            Reply(status: 503, effect: .unknown, health: .down("the server answered 503")),
            Reply(status: 500, effect: .unknown, health: .down("the server answered 500")),
            Reply(status: 502, effect: .unknown, health: .down("the server answered 502")),
        ]
    }

    @Test("a complete reply", arguments: Reply.table)
    func answered(reply: Reply) {
        let verdict = Verdict(
            .answered(
                HTTPReply(
                    status: reply.status,
                    headers: reply.headers,
                    body: Array(reply.body.utf8)
                )
            )
        )
        #expect(verdict.effect == reply.effect)
        #expect(verdict.health == reply.health)
        #expect(verdict.status == reply.status)
    }

    @Test("401, 403 and a redirect end the session", arguments: [401, 403, 302, 307])
    func signedOut(status: Int) {
        let verdict = Verdict(
            .answered(HTTPReply(status: status, headers: [("location", "/login")], body: []))
        )
        #expect(verdict.effect == .none)
        guard case .signedOut = verdict.health else {
            Issue.record("\(verdict.health)")
            return
        }
    }

    @Test("no reply: it counts whether a byte of the request left")
    func unanswered() {
        #expect(Verdict(.notSent(reason: "refused")).effect == .none)
        #expect(Verdict(.notSent(reason: "refused")).health == .down("refused"))
        #expect(Verdict(.unknown(reason: "reset")).effect == .unknown)
        #expect(Verdict(.unknown(reason: "reset")).health == .down("reset"))
        #expect(Verdict(.abandoned).effect == .none)
        #expect(Verdict(.abandoned).health == .stopping)
    }

    @Test("the token is taken out of what is kept, also where it is percent-encoded")
    func redacted() {
        let policy = AccountPolicy(name: "x", baseURL: "", userID: "u", token: { "" })
        let requests = AccountRequests(policy: policy, token: "se/cret")
        #expect(requests.redacted("a se/cret b se%2Fcret") == "a <secret> b <secret>")
    }

    @Test("the gate spaces requests, opens its breaker less and less often, and closes it")
    func gate() {
        var gate = AccountGate()
        let now = Timestamp(milliseconds: 1_000_000)
        gate.take(at: now, ratePerSecond: 5)
        #expect(gate.nextRequestAt == now + .milliseconds(210))
        gate.take(at: now + .milliseconds(50), ratePerSecond: 5)
        #expect(gate.nextRequestAt == now + .milliseconds(420))
        #expect(gate.blockedUntil(now) == nil)
        let probe = Backoff(first: .seconds(2), maximum: .seconds(60))
        let isNews = gate.note(.down("gone"), at: now, probe: probe, random: 0)
        #expect(isNews)
        let isNewsAgain = gate.note(.down("gone"), at: now, probe: probe, random: 0)
        #expect(!isNewsAgain)
        #expect(gate.blockedUntil(now) == now + .seconds(1))
        let isBack = gate.note(.good, at: now, probe: probe, random: 0)
        #expect(isBack)
        #expect(gate.blockedUntil(now) == nil)
        #expect(!gate.isBroken)
    }
}
