import Testing

@testable import Settings

@Suite("Configuration: faults", .timeLimit(.minutes(10)))
struct FaultTests {
    @Test("unknown keys and bad values of all sources are reported at once, each with its place")
    func allAtOnce() throws {
        let yaml = """
            workers: 0
            wrokers: 4
            jobs:
              retry: { frist: 5s, max: soon }
            transports:
              fax: { kind: spool }
              sms:
                kind: smtp
            """
        let found = try faults(
            yaml,
            environment: ["CAMPAIGND_WORKERS": "many", "CAMPAIGND_WROKERS": "s3cret"],
            flags: ["--log-level": "loud"]
        )
        let top = """
            dataDir, workers, shutdownTimeout, logLevel, logFormat, logAddresses, region, \
            defaultAccount, jobs, minFreeSpace, retention, transports, accounts, http, optOut, \
            events, socket
            """
        let kinds = "one of spool, twilio, kannel, webhook, command"
        let levels = "trace, debug, info, notice, warning, error, critical"
        #expect(
            found == [
                "campaignd.yaml:1: workers: \"0\" is not a whole number from 1 to 128",
                "campaignd.yaml:2: wrokers: unknown key; allowed here: \(top)",
                "campaignd.yaml:4: jobs.retry.frist: unknown key; allowed here: first, max",
                "campaignd.yaml:4: jobs.retry.max: \"soon\" is not a duration from 1ms to 30d",
                "campaignd.yaml:6: transports.fax: unknown key; allowed here: "
                    + "ratePerSecond, burst, email, sms, voice",
                "campaignd.yaml:8: transports.sms.kind: \"smtp\" is not \(kinds)",
                "environment CAMPAIGND_WORKERS: workers: \"many\" is not a whole number from 1 to 128",
                "environment CAMPAIGND_WROKERS: no key has this name; the nearest is CAMPAIGND_WORKERS",
                "flag --log-level: logLevel: \"loud\" is not one of \(levels)",
            ]
        )
    }

    @Test(
        "a value of the wrong shape is reported, not walked into",
        arguments: [
            ("workers: [1]", "workers: takes one value; write \"\" for an empty one"),
            ("workers: { a: 1 }", "workers: takes one value; write \"\" for an empty one"),
            ("workers:", "workers: takes one value; write \"\" for an empty one"),
            ("jobs: 5", "jobs: takes a section with the keys lateAfter, maxAttempts, retry, kinds"),
            ("http: { tokens: { user: u } }", "http.tokens: takes a list"),
            ("http: { tokens: [u] }", "http.tokens[0]: takes a section with the keys user, file"),
            ("? [a]\n: 1", "?: unknown key; allowed here: dataDir, workers"),
        ]
    )
    func shapes(yaml: String, fault: String) throws {
        let found = try faults(yaml)
        #expect(found.first?.hasPrefix("campaignd.yaml:1: \(fault)") == true, "\(found)")
    }

    @Test("an empty file, and a section whose keys are commented out, set nothing")
    func emptySections() throws {
        #expect(try load("").configuration.workers == 8)
        #expect(try load("http:\njobs: ~\n# workers: 1\n").configuration.workers == 8)
    }

    @Test("values are taken as written, whatever YAML would make of them")
    func plainText() throws {
        let configuration = try load("region: NO\nsocket: { mode: 0640 }").configuration
        #expect(configuration.region == "NO")
        #expect(configuration.socket.mode == 0o640)
    }

    @Test(
        "a file that is not YAML is one fault, with its line and nothing it holds",
        arguments: [
            ("workers: 8\nregion: \"s3cret", 2),
            ("workers: 8\npassword: @s3cret", 2),
            ("workers: 1\nworkers: 2", 1),
            ("a: 1\n---\nb: 2", 2),
            ("workers: 8\nregion: s3cret\u{7}", 2),
        ]
    )
    func malformed(yaml: String, line: Int) throws {
        let found = try faults(yaml)
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("campaignd.yaml:\(line): not YAML: "), "\(found)")
        #expect(!found[0].contains("s3cret"))
    }

    @Test("a malformed file does not hide the faults of the environment")
    func malformedAndMore() throws {
        let found = try faults("a: [", environment: ["CAMPAIGND_WORKERS": "0"])
        #expect(found.count == 2)
    }

    @Test("a file that is missing or not UTF-8 is a fault")
    func unreadable() throws {
        let missing = try faults(environment: ["CAMPAIGND_CONFIG": "/nonexistent/c.yaml"])
        #expect(missing == ["/nonexistent/c.yaml: cannot be read: No such file or directory"])
        let directory = try faults(environment: ["CAMPAIGND_CONFIG": "/"])
        #expect(directory == ["/: cannot be read: Is a directory"])
        let folder = try Folder()
        let latin = try folder.write("latin.yaml", bytes: Array("region: ".utf8) + [0xFC])
        #expect(
            try faults(in: folder, environment: ["CAMPAIGND_CONFIG": latin])
                == ["latin.yaml: not YAML: it is not UTF-8"]
        )
    }

    @Test("a longest wait below the first one is a fault, told once")
    func backoff() throws {
        let text = "retry.max (1s) is below retry.first (5s)"
        #expect(
            try faults("jobs: { retry: { max: 1s } }")
                == ["campaignd.yaml:1: jobs.retry.max: \(text)"]
        )
        #expect(
            try faults("transports: { sms: { retry: { first: 5h } } }")
                == [
                    "campaignd.yaml:1: transports.sms.retry.first: retry.max (4h) is below retry.first (5h)"
                ]
        )
    }

    @Test("a bad value leads to no second fault about what it might have contradicted")
    func noFollowingFaults() throws {
        #expect(try faults("jobs: { retry: { first: 2h, max: soon } }").count == 1)
        #expect(try faults("transports: { email: { kind: smpt, host: mail } }").count == 1)
    }

    @Test("a value that is too long to read is quoted in part, and its control characters escaped")
    func quoting() throws {
        let found = try faults(flags: ["--workers": "1\n" + String(repeating: "9", count: 1_000)])
        #expect(
            found == [
                "flag --workers: workers: \"1\\n\(String(repeating: "9", count: 58))\" is not a whole number from 1 to 128"
            ]
        )
    }
}
