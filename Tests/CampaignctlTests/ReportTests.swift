import APITypes
import FoundationEssentials
import JobQueue
import Testing

@testable import campaignctl

@Suite("Reports for people", .timeLimit(.minutes(10)))
struct ReportTests {
    private let now = StageClock.start

    private func decoded<Body: Decodable>(_ type: Body.Type, _ json: String) throws -> Body {
        try JSONCoding.decode(type, from: Data(json.utf8))
    }

    @Test("a job's story tells every attempt, why it ended, and what comes next")
    func jobStory() throws {
        let job = try decoded(
            JobBody.self,
            """
            {"id":7,"kind":"build","campaignId":"68b0b5ccfcccb5cfc3b1f4eb","account":"local",
            "state":"held","holdReason":"late","verbs":["discard","release"],"priority":5,
            "attempt":1,"maxAttempts":20,"crashes":1,"scheduledAt":"2025-08-28T19:00:00.000Z",
            "createdAt":"2025-08-28T18:00:00.000Z","progress":{"done":1200,"total":5000},
            "errorClass":"transient","error":"disk \\u001b[2Jfull","attempts":[
            {"number":1,"startedAt":"2025-08-28T19:00:00.000Z","endedAt":"2025-08-28T19:00:01.500Z",
            "outcome":"crashed","message":"the daemon died","epoch":3,"daemonVersion":"1.0.0"},
            {"number":1,"startedAt":"2025-08-28T19:00:02.000Z","endedAt":"2025-08-28T19:00:02.250Z",
            "outcome":"failed","errorClass":"transient","message":"disk full","epoch":4,
            "daemonVersion":"1.0.0"},
            {"number":1,"startedAt":"2025-08-28T19:30:00.000Z","endedAt":"2025-08-28T19:30:00.000Z",
            "outcome":"operated","message":"retry","epoch":4,"daemonVersion":"1.0.0"}]}
            """
        )
        #expect(
            JobStory(job: job, now: now).lines == [
                "job       7  build",
                "campaign  68b0b5ccfcccb5cfc3b1f4eb",
                "state     held (late)",
                "attempt   1 of 20",
                "crashes   1 since its last progress",
                "progress  1,200/5,000",
                "priority  5  (1 first, 9 last)",
                "error     transient: disk \u{fffd}[2Jfull",
                "",
                "timeline (UTC)",
                "  2025-08-28 18:00:00.000  enqueued",
                "  2025-08-28 19:00:01.500  attempt 1 was given back, the daemon died, after 1.5 s: "
                    + "the daemon died  [epoch 3, campaignd 1.0.0]",
                "  2025-08-28 19:00:02.250  attempt 1 failed after 250 ms: transient: disk full  "
                    + "[epoch 4, campaignd 1.0.0]",
                "  2025-08-28 19:30:00.000  by hand: retry  [epoch 4, campaignd 1.0.0]",
                "",
                "next",
                "  campaignctl jobs discard 7",
                "  campaignctl jobs release 7",
            ]
        )
    }

    @Test("a campaign's summary says what was left out, how it went, and what to do")
    func campaignSummary() throws {
        let campaign = try decoded(
            CampaignBody.self,
            """
            {"campaignId":"68b0b5ccfcccb5cfc3b1f4eb","name":"Spring","channel":["email"],
            "status":"PARTIAL","reason":"2 messages are unknown","until":"send",
            "sendAt":"2025-08-28T20:05:00.000Z","settings":{"email":{"fromEmail":"a@example.com",
            "templateId":"66d845e99bb64dbbd0d449d8"}},
            "contactListId":[{"_id":"687a0f67137b4868f1b1eaea","name":"all"}],
            "changeLog":[{"status":"DRAFT","updateAt":"2025-08-28T19:00:00.000Z"}],
            "createdAt":"2025-08-28T19:00:00.000Z","messages":{"sent":4998,"unknown":2},
            "excluded":{"suppressed":3,"duplicate":12},"transports":{"email":"spool"},
            "deliveredToFiles":true,"stats":{"result":[],
            "initContacts":[{"name":"all","contacts":5015}]}}
            """
        )
        #expect(
            CampaignSummary(campaign: campaign, now: now).lines == [
                "campaign  68b0b5ccfcccb5cfc3b1f4eb  Spring",
                "status    PARTIAL: 2 messages are unknown",
                "until     send, 2025-08-28 20:05:00 UTC (in 5 min)",
                "messages  5,000 built: 4,998 sent, 2 unknown",
                "excluded  12 duplicate, 3 suppressed",
                "delivery  email by spool; delivered to files",
                "email     from a@example.com, template 66d845e99bb64dbbd0d449d8, newest version",
                "lists     all (687a0f67137b4868f1b1eaea: 5,015 contacts)",
                "",
                "change log (UTC)",
                "  2025-08-28 19:00:00  DRAFT",
                "",
                "next",
                "  campaignctl campaigns messages 68b0b5ccfcccb5cfc3b1f4eb --state unknown",
                "  campaignctl messages resolve --campaign 68b0b5ccfcccb5cfc3b1f4eb "
                    + "--state unknown --sent | --resend",
            ]
        )
    }

    @Test("the status names the open breaker, its reason, and all that waits for somebody")
    func status() throws {
        let status = try decoded(
            StatusBody.self,
            """
            {"version":"1.0.0","daemon":true,"epoch":4,"pid":4711,
            "startedAt":"2025-08-28T16:56:00.000Z","dataDir":"/var/lib/campaignd",
            "jobs":{"build":{"held":1,"discarded":2,"completed":90},"send":{"running":1}},
            "pausedKinds":["create"],"campaigns":{"sending":1},"warnings":["the disk is 95 % full"],
            "database":{"path":"x","bytes":12000000,"walBytes":500000},
            "transports":[{"channel":"email","kind":"smtp","state":"open",
            "reason":"connection refused","since":"2025-08-28T19:48:00.000Z",
            "retryAt":"2025-08-28T20:00:20.000Z","inflight":0,"maxConnections":32,
            "inDoubt":"resend"}],
            "globalThrottle":{"scope":"global","limit":20,"perSecond":20,"available":0,
            "nextAt":"2025-08-28T20:00:01.000Z"}}
            """
        )
        let none = CampaignPageBody(result: [], meta: .init(count: 0, page: 1, limit: 5))
        var sending = none
        sending.result = [campaign()]
        sending.meta.count = 2
        let report = StatusReport(
            status: status,
            now: now,
            sending: sending,
            paused: none,
            partial: none
        )
        #expect(
            report.lines == [
                "daemon     running, version 1.0.0, process 4711, up 3 h 4 min",
                "folder     /var/lib/campaignd",
                "database   12.0 MB, log 500 kB",
                "jobs       1 running, 1 held, 2 discarded",
                "campaigns  2 sending, 0 paused, 0 partial",
                "",
                "transports",
                "  CHANNEL  KIND  BREAKER  IN FLIGHT  IN DOUBT  WHY",
                "  email    smtp  OPEN     0/32       resend    connection refused",
                "  all channels 20/s, next in 1 s",
                "",
                "sending",
                "  68b0b5ccfcccb5cfc3b1f4eb  Spring: 7 pending, 3 sent",
                "  and 1 more",
                "",
                "needs you",
                "  email does not get through since 12 min ago: connection refused; nothing is "
                    + "lost, and it goes on by itself once the smtp server answers "
                    + "(next probe in 20 s)",
                "  create jobs are paused: campaignctl resume create",
                "  1 build job held: campaignctl jobs list --state held --kind build",
                "  2 build jobs given up: campaignctl jobs failed",
                "  the disk is 95 % full",
            ]
        )
    }

    @Test("failed work is grouped, with one example and what to do")
    func failures() throws {
        let group = try decoded(
            FailureGroupBody.self,
            """
            {"kind":"build","state":"discarded","errorClass":"permanent",
            "error":"template … is deleted","count":12,"exampleJobId":7,
            "latestAt":"2025-08-28T19:00:00.000Z","whatToDo":"mend the cause"}
            """
        )
        #expect(
            FailureReport(groups: [group], now: now).lines == [
                "12 build jobs discarded, last 1 h ago",
                "  permanent: template … is deleted",
                "  example: campaignctl jobs show 7",
                "  do: mend the cause",
            ]
        )
    }

    private func campaign() -> CampaignBody {
        CampaignBody(
            campaignId: "68b0b5ccfcccb5cfc3b1f4eb",
            name: "Spring",
            channel: ["email"],
            status: "SENDING",
            settings: [:],
            contactListId: [],
            changeLog: [],
            createdAt: "2025-08-28T19:00:00.000Z",
            stats: CampaignStatsBody(
                result: [.init(status: "PENDING", count: 7), .init(status: "SENT", count: 3)],
                initContacts: []
            )
        )
    }
}
