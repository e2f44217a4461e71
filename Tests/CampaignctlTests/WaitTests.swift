import Synchronization
import Testing

@testable import campaignctl

@Suite("Waiting", .timeLimit(.minutes(10)))
struct WaitTests {
    private let stage: Stage

    init() throws {
        stage = try Stage()
    }

    @Test("it asks until the work is done, and ends with 0")
    func done() throws {
        let asked = Atomic<Int>(0)
        try stage.startDaemon { _ in
            asked.add(1, ordering: .relaxed).newValue < 3
                ? .reply(202, waitAnswer(done: false, ok: false, "SENDING"))
                : .reply(200, waitAnswer(done: true, ok: true, "SENT"))
        }
        #expect(try stage.run("wait", campaign) == 0)
        #expect(
            stage.requests.map(\.target)
                == Array(
                    repeating: "/api/campaign/\(campaign)/wait?timeout=60",
                    count: 3
                )
        )
        #expect(
            stage.printed
                == "campaign \(campaign) is SENT: 4,990 sent, 10 unknown; delivered to files\n"
        )
    }

    @Test("work that cannot go on by itself ends with 1, the reason and the next step")
    func notOK() throws {
        try stage.startDaemon { _ in
            .reply(
                200,
                waitAnswer(done: true, ok: false, "PAUSED", #","reason":"the sender was refused""#)
            )
        }
        #expect(try stage.run("wait", campaign) == ExitStatus.notDone.rawValue)
        #expect(stage.printed.isEmpty)
        #expect(
            stage.noted.hasPrefix("campaign \(campaign) is PAUSED (the sender was refused): ")
        )
        #expect(stage.noted.hasSuffix("next: campaignctl campaigns show \(campaign)\n"))
    }

    @Test("when the time is up it ends with 75; a job is asked for by its number")
    func timeOut() throws {
        try stage.startDaemon { [clock = stage.clock] _ in
            clock.advance(by: .seconds(4))
            return .reply(202, waitAnswer(done: false, ok: false, "SENDING"))
        }
        let code = try stage.run("wait", "7", "--timeout", "10s", "--json")
        #expect(code == ExitStatus.temporary.rawValue)
        #expect(
            stage.requests.map(\.target) == [
                "/api/jobs/7/wait?timeout=10", "/api/jobs/7/wait?timeout=6",
                "/api/jobs/7/wait?timeout=2",
            ]
        )
        #expect(stage.printed == waitAnswer(done: false, ok: false, "SENDING") + "\n")
    }
}

private let campaign = "68b0b5ccfcccb5cfc3b1f4eb"

/// How a campaign of 5,000 messages stands.
private func waitAnswer(done: Bool, ok: Bool, _ status: String, _ more: String = "") -> String {
    """
    {"done":\(done),"ok":\(ok),"status":"\(status)"\(more),"campaign":{"campaignId":"x",\
    "status":"\(status)","until":"send","messages":{"sent":4990,"unknown":10},"excluded":{},\
    "deliveredToFiles":true}}
    """
}
