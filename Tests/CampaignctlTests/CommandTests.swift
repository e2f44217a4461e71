import Testing

@testable import campaignctl

@Suite("Commands against a daemon", .timeLimit(.minutes(10)))
struct CommandTests {
    private let stage: Stage

    init() throws {
        stage = try Stage()
    }

    @Test("enqueue hands the spec on and prints the job as the daemon wrote it")
    func enqueue() throws {
        try stage.startDaemon { _ in .reply(201, jobDocument(7, #","replayed":false"#)) }
        let spec = try stage.file("spec.json", #"{"name":"N","contactListId":["x"]}"#)
        let code = try stage.run("enqueue", spec, "--in", "10m", "--priority", "1")
        #expect(code == 0)
        #expect(stage.printed == jobDocument(7, #","replayed":false"#) + "\n")
        #expect(stage.noted.isEmpty)
        let request = try #require(stage.requests.first)
        #expect(request.target == "/api/jobs")
        #expect(
            request.text
                == #"{"spec":{"contactListId":["x"],"name":"N"},"in":"10m","priority":1}"#
        )
        #expect(request.headers["idempotency-key"]?.hasPrefix("campaignctl-") == true)
    }

    @Test("enqueue build asks for the next step of a campaign")
    func enqueueStep() throws {
        try stage.startDaemon { _ in .reply(201, jobDocument(8)) }
        try stage.run("enqueue", "build", campaign, "--idempotency-key", "mine")
        let request = try #require(stage.requests.first)
        #expect(request.text == #"{"campaignId":"\#(campaign)","kind":"build"}"#)
        #expect(request.headers["idempotency-key"] == "mine")
    }

    @Test("a file that is not JSON never reaches the daemon")
    func notJSON() throws {
        try stage.startDaemon { _ in .reply(201, "{}") }
        let spec = try stage.file("spec.json", #"{"name":"N"},"until":"send""#)
        #expect(try stage.run("enqueue", spec) == ExitStatus.data.rawValue)
        #expect(stage.noted.contains("\(spec) is not JSON: line 1, column 13"))
        #expect(stage.requests.isEmpty)
    }

    @Test("a file that is not there has a code of its own")
    func missingFile() throws {
        #expect(try stage.run("enqueue", "/nowhere.json") == ExitStatus.noInput.rawValue)
        #expect(stage.noted == "error: /nowhere.json: No such file or directory\n")
    }

    @Test("when time is up, enqueue tells the key under which it may be repeated")
    func temporary() throws {
        try stage.startDaemon { _ in .hangUp }
        let spec = try stage.file("spec.json", "{}")
        #expect(try stage.run("enqueue", spec) == ExitStatus.temporary.rawValue)
        let keys = Set(stage.requests.compactMap { $0.headers["idempotency-key"] })
        #expect(keys.count == 1)
        #expect(stage.noted.contains("idempotency key: \(try #require(keys.first))\n"))
    }

    @Test("with --json an error is the problem document, on the standard error stream")
    func jsonError() throws {
        let problem =
            #"{"type":"urn:campaignd:not-found","status":404,"title":"","#
            + #""detail":"there is no job 7","result":"error"}"#
        try stage.startDaemon { _ in .reply(404, problem) }
        #expect(try stage.run("jobs", "show", "7", "--json") == ExitStatus.noInput.rawValue)
        #expect(stage.noted == problem + "\n")
        #expect(stage.printed.isEmpty)
    }

    @Test("a table shows --limit rows and says that there are more")
    func limitedTable() throws {
        try stage.startDaemon { _ in
            .reply(200, [3, 2, 1].map { jobDocument($0) }.joined(separator: "\n"))
        }
        try stage.run("jobs", "list", "--limit", "2")
        #expect(stage.requests.first?.target == "/api/jobs?limit=3")
        #expect(stage.requests.first?.headers["accept"] == "application/x-ndjson")
        let lines = stage.printed.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("ID  KIND    STATE"))
        #expect(stage.noted == "the first 2 jobs; more exist: --limit N\n")
    }

    @Test("under --json a list is passed through whole, and asked for without limit")
    func wholeList() throws {
        try stage.startDaemon { _ in .parts(200, ["{\"id\":2}\n{\"i", "d\":1}\n"]) }
        #expect(try stage.run("jobs", "list", "--json", "--since", "2h") == 0)
        #expect(stage.printed == "{\"id\":2}\n{\"id\":1}\n")
        #expect(stage.requests.first?.target == "/api/jobs?since=2025-08-28T18%3A00%3A00.000Z")
    }

    @Test("a limit above a page's is kept by letting go of the list")
    func largeLimit() throws {
        let rows = (1...1_200).map { "{\"id\":\($0)}\n" }
        try stage.startDaemon { _ in .parts(200, rows) }
        #expect(try stage.run("jobs", "list", "--json", "--limit", "1100") == 0)
        #expect(stage.requests.first?.target == "/api/jobs")
        #expect(stage.printed == rows.prefix(1_100).joined())
    }

    @Test("an action on ids of which one was refused says which, and ends with 65")
    func refused() throws {
        try stage.startDaemon { _ in
            .reply(
                200,
                #"{"matched":2,"changed":1,"dryRun":false,"#
                    + #""refused":[{"id":8,"state":"running","reason":"it runs"}]}"#
            )
        }
        #expect(try stage.run("jobs", "retry", "7", "8") == ExitStatus.data.rawValue)
        #expect(stage.requests.first?.text == #"{"ids":[7,8]}"#)
        #expect(stage.printed == "1 of 2 jobs available again\n")
        #expect(stage.noted == "job 8 (running): it runs\n")
    }

    @Test("an action on ids none of which exists ends with 66")
    func unknownIDs() throws {
        try stage.startDaemon { _ in
            .reply(
                200,
                #"{"matched":1,"changed":0,"dryRun":false,"#
                    + #""refused":[{"id":8,"reason":"there is no message 8"}]}"#
            )
        }
        #expect(try stage.run("messages", "resolve", "8", "--sent") == ExitStatus.noInput.rawValue)
        #expect(stage.requests.first?.text == #"{"ids":[8],"as":"sent"}"#)
    }

    @Test("a dry run says what matches and that nothing was changed")
    func dryRun() throws {
        try stage.startDaemon { _ in
            .reply(200, #"{"matched":12,"changed":0,"dryRun":true,"refused":[]}"#)
        }
        let line = ["--state", "held,discarded", "--error", "disk", "--dry-run"]
        #expect(try stage.run("jobs", "discard", line[0], line[1], line[2], line[3], line[4]) == 0)
        #expect(
            stage.requests.first?.text
                == #"{"states":["held","discarded"],"error":"disk","dryRun":true}"#
        )
        #expect(stage.printed == "12 jobs match; nothing was changed (--dry-run)\n")
    }

    @Test("lists import prints three fields, and each rejected row on the error stream")
    func listImport() throws {
        try stage.startDaemon { _ in
            .reply(
                201,
                #"{"contactListId":"687a0f67137b4868f1b1eaea","contacts":2,"rejected":3,"#
                    + #""rejections":[{"line":4,"reason":"email: is no address"}]}"#
            )
        }
        let file = try stage.file("a.csv", "email\nx\n")
        #expect(try stage.run("lists", "import", file, "--name", "A b", "--strict") == 0)
        #expect(
            stage.printed
                == #"{"contactListId":"687a0f67137b4868f1b1eaea","contacts":2,"rejected":3}"#
                + "\n"
        )
        #expect(stage.noted == "\(file):4: email: is no address\nand 2 more rows rejected\n")
        let request = try #require(stage.requests.first)
        #expect(request.target == "/api/lists/import?name=A%20b&strict=true")
        #expect(request.headers["content-type"] == "text/csv")
    }

    @Test("suppressions export prints CSV that an import takes, quoted where it has to be")
    func suppressionsExport() throws {
        let rows = [
            #"{"channel":"email","address":"a@x.org","reason":"manual","at":"2025-08-28T19:00:00.000Z","note":"said \"no\", twice"}"#,
            #"{"channel":"sms","address":"+19498671145","reason":"stop","at":"2025-08-28T19:00:00.000Z"}"#,
        ]
        // Cut anywhere: a row does not end where a part does.
        let text = rows.map { $0 + "\n" }.joined()
        let parts = [String(text.prefix(30)), String(text.dropFirst(30))]
        try stage.startDaemon { _ in .parts(200, parts) }
        #expect(try stage.run("suppressions", "export", "--channel", "email") == 0)
        #expect(stage.requests.first?.target == "/api/suppressions?channel=email")
        #expect(
            stage.printed == """
                channel,address,reason,at,note
                email,a@x.org,manual,2025-08-28T19:00:00.000Z,"said ""no"", twice"
                sms,+19498671145,stop,2025-08-28T19:00:00.000Z,

                """
        )
    }

    @Test("suppressions remove asks for the address, whose plus sign is no space")
    func suppressionsRemove() throws {
        try stage.startDaemon { _ in .reply(200, #"{"removed":2}"#) }
        #expect(try stage.run("suppressions", "remove", "+19498671145") == 0)
        #expect(stage.requests.first?.target == "/api/suppressions?address=%2B19498671145")
        #expect(stage.printed == "+19498671145 is not suppressed any more\n")
    }

    @Test("templates put reads its texts from files")
    func templatesPut() throws {
        try stage.startDaemon { _ in .reply(201, #"{"templateId":"x","version":2}"#) }
        let text = try stage.file("t.txt", "Dear {{name}},\n")
        try stage.run("templates", "put", "--channel", "sms", "--name", "N", "--text", text)
        #expect(
            stage.requests.first?.text
                == #"{"name":"N","channel":"sms","text":"Dear {{name}},\n"}"#
        )
        #expect(stage.printed == #"{"templateId":"x","version":2}"# + "\n")
    }
}

private let campaign = "68b0b5ccfcccb5cfc3b1f4eb"

/// A job's document, as small as it may be.
private func jobDocument(_ id: Int, _ more: String = "") -> String {
    """
    {"id":\(id),"kind":"create","campaignId":"\(campaign)","account":"local",\
    "state":"available","priority":5,"attempt":0,"maxAttempts":20,"crashes":0,\
    "scheduledAt":"2025-08-28T19:00:00.000Z","createdAt":"2025-08-28T19:00:00.000Z",\
    "progress":{"done":0}\(more)}
    """
}
