import Testing

@testable import Settings

@Suite("Configuration: sources and their precedence", .timeLimit(.minutes(10)))
struct PrecedenceTests {
    @Test("nothing set gives the defaults, which spool every channel")
    func defaults() throws {
        let configuration = try load().configuration
        #expect(configuration.dataDir == "/var/lib/campaignd")
        #expect(configuration.workers == 8)
        #expect(configuration.shutdownTimeout == TimeSpan("30s"))
        #expect(configuration.jobs["build"].maxAttempts == 20)
        #expect(configuration.jobs["build"].retry.max == TimeSpan("1h"))
        let transports = configuration.transports
        #expect(transports.email.kind == .spool)
        #expect(transports.email.folder == "/var/lib/campaignd/outbox")
        #expect(transports.email.inDoubt == .resend)
        #expect(transports.sms.inDoubt == .hold)
        #expect(transports.voice.inDoubt == .hold)
        #expect(transports.sms.retry.giveUpAfter == TimeSpan("2d"))
        #expect(configuration.http.listen == nil)
        #expect(configuration.http.maxBodyBytes == 64_000_000)
        #expect(configuration.socket.mode == 0o660)
        #expect(configuration.socket.group == nil)
    }

    @Test("a flag outranks the environment, which outranks the file")
    func precedence() throws {
        let yaml = "workers: 2\nlogLevel: debug\nregion: CH\n"
        let environment = ["CAMPAIGND_WORKERS": "3", "CAMPAIGND_LOG_LEVEL": "error"]
        let configuration = try load(yaml, environment: environment, flags: ["--workers": "4"])
            .configuration
        #expect(configuration.workers == 4)
        #expect(configuration.logLevel == .error)
        #expect(configuration.region == "CH")
    }

    @Test("nested keys have a variable and a flag")
    func nestedNames() throws {
        let configuration = try load(
            environment: ["CAMPAIGND_TRANSPORTS_SMS_RETRY_GIVE_UP_AFTER": "1h"],
            flags: ["--transports-voice-in-doubt": "resend"]
        ).configuration
        #expect(configuration.transports.sms.retry.giveUpAfter == TimeSpan("1h"))
        #expect(configuration.transports.voice.inDoubt == .resend)
    }

    @Test("a kind of job inherits what it does not set, from any source")
    func kinds() throws {
        let yaml = """
            jobs:
              kinds: { build: { retry: { first: 1s } } }
              maxAttempts: 7
            """
        let jobs = try load(yaml, environment: ["CAMPAIGND_JOBS_RETRY_MAX": "2h"]).configuration
            .jobs
        #expect(jobs["build"].retry.first == TimeSpan("1s"))
        #expect(jobs["build"].retry.max == TimeSpan("2h"))
        #expect(jobs["build"].maxAttempts == 7)
        #expect(jobs["send"].retry.first == TimeSpan("5s"))
    }

    @Test("the file is found by CAMPAIGND_CONFIG where no flag names one")
    func fileVariable() throws {
        let folder = try Folder()
        let path = try folder.write("other.yaml", "workers: 5")
        #expect(try load(environment: ["CAMPAIGND_CONFIG": path]).configuration.workers == 5)
    }

    @Test("variables of other programs are left alone")
    func foreignVariables() throws {
        #expect(try load(environment: ["PATH": "/bin", "WORKERS": "x"]).configuration.workers == 8)
    }

    @Test("the data folder of a user is the state folder of the XDG specification")
    func dataDir() throws {
        let user = HostFacts(isRoot: false)
        let state = ["XDG_STATE_HOME": "/home/u/state", "HOME": "/home/u"]
        #expect(
            try load(environment: state, host: user).configuration.dataDir
                == "/home/u/state/campaignd"
        )
        let home = try load(environment: ["HOME": "/home/u"], host: user).configuration
        #expect(home.dataDir == "/home/u/.local/state/campaignd")
        #expect(
            try faults(host: user) == [
                "default: dataDir: is required: neither XDG_STATE_HOME nor HOME is set"
            ]
        )
    }

    @Test("a relative path in the file starts in the file's folder, a flag's in the working folder")
    func relativePaths() throws {
        let folder = try Folder()
        let file = try load("dataDir: data", in: folder).configuration
        #expect(file.dataDir == "\(folder.path)/data")
        #expect(file.transports.voice.folder == "\(folder.path)/data/outbox")
        #expect(try load(flags: ["--data-dir": "data"]).configuration.dataDir == "data")
    }
}
