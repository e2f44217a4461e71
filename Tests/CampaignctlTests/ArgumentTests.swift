import ArgumentParser
import Testing

@testable import campaignctl

@Suite("Command lines", .timeLimit(.minutes(10)))
struct ArgumentTests {
    @Test(
        "the command lines of the documentation are understood",
        arguments: [
            "enqueue spec.json", "enqueue -", "enqueue spec.json --until build --priority 1",
            "enqueue spec.json --at 2031-03-01T09:00:00Z --max-attempts 3 --wait",
            "enqueue spec.json --in 10m --idempotency-key k1", "enqueue spec.json --rate 0.5",
            "enqueue build 68b0b5ccfcccb5cfc3b1f4eb",
            "enqueue --wait send 68b0b5ccfcccb5cfc3b1f4eb",
            "enqueue --bulk specs.ndjson", "enqueue --bulk - --idempotency-key k1",
            "jobs list --state held,discarded --kind send --campaign 68b0b5ccfcccb5cfc3b1f4eb",
            "jobs list --since 2h --limit 5", "jobs show 7", "jobs failed --json",
            "jobs retry 7 8 9", "jobs retry --state discarded --kind build --dry-run",
            "jobs cancel 7", "jobs cancel --state scheduled --campaign 68b0b5ccfcccb5cfc3b1f4eb",
            "jobs discard --state held --error text", "jobs release 7",
            "jobs resolve 7 --sent", "jobs resolve 7 --resend",
            "campaigns list --status SENDING", "campaigns show X",
            "campaigns messages X --state unknown --channel email",
            "campaigns pause X", "campaigns resume X", "campaigns cancel X",
            "messages retry 67108865 67108866", "messages retry --campaign X --state failed",
            "messages resolve 67108865 --sent",
            "messages resolve --campaign X --state unknown --resend --dry-run",
            "templates put --channel email --name N --subject S --text t.txt --html t.html",
            "templates put --channel sms --name N --id X --text -",
            "templates list", "templates show X --template-version 2", "templates delete X",
            "lists import a.csv --name N --channel sms --strict", "lists import a.csv --id X",
            "lists list", "lists show X", "lists delete X",
            "wait 7 --timeout 10m", "wait X", "status --data-dir /tmp --json", "pause build",
            "resume build",
        ]
    )
    func understood(line: String) throws {
        let command = try CampaignCtl.parseAsRoot(line.split(separator: " ").map(String.init))
        #expect(command is any SessionCommand)
    }

    @Test(
        "what contradicts itself or says too little is wrong usage",
        arguments: [
            "enqueue", "enqueue a.json b.json", "enqueue build", "enqueue build X --until send",
            "enqueue a.json --at 2031-01-01T00:00:00Z --in 10m", "enqueue --bulk a.ndjson b.json",
            "enqueue --bulk a.ndjson --wait", "enqueue --bulk a.ndjson --priority 1",
            "enqueue --bulk a.ndjson --rate 1", "enqueue a.json --rate 0",
            "enqueue a.json --rate nan",
            "enqueue send X --rate 1",
            "jobs list --limit 0", "jobs show seven", "jobs retry", "jobs retry 7 --state held",
            "jobs retry --kind build", "jobs resolve 7", "jobs resolve 7 --sent --resend",
            "messages retry --campaign X", "messages retry 7 --campaign X --state failed",
            "messages resolve 7", "templates put --channel email --name N",
            "templates put --channel email --name N --text - --html -",
            "lists import a.csv", "wait", "wait 7 --timeout soon", "pause", "nonsense",
        ]
    )
    func wrongUsage(line: String) {
        do {
            _ = try CampaignCtl.parseAsRoot(line.split(separator: " ").map(String.init))
            Issue.record("was understood: \(line)")
        } catch {
            #expect(CampaignCtl.exitCode(for: error).rawValue == ExitStatus.usage.rawValue)
        }
    }

    @Test(
        "spans are a whole number and a unit",
        arguments: [
            ("500ms", .milliseconds(500)), ("30s", .seconds(30)), ("10m", .seconds(600)),
            ("4h", .seconds(14_400)), ("2d", .seconds(172_800)), ("10", nil), ("-1s", nil),
            ("1.5h", nil), ("h", nil), ("99999999999999999999s", nil),
        ] as [(String, Duration?)]
    )
    func spans(text: String, duration: Duration?) {
        #expect(Span(argument: text)?.duration == duration)
    }

    @Test("--version tells the product's version")
    func version() {
        #expect(CampaignCtl.configuration.version.split(separator: ".").count == 3)
    }
}
