import Testing

@testable import Settings

@Suite("Configuration: transports", .timeLimit(.minutes(10)))
struct TransportTests {
    @Test("the example of an SMTP transport is read whole")
    func smtp() throws {
        let yaml = """
            transports:
              email: { kind: smtp, host: 127.0.0.1, port: 2525, tls: none, username: "", passwordFile: "",
                       maxConnections: 40, inDoubt: hold,
                       retry: { first: 31s, max: 5h, attempts: 21, giveUpAfter: 3d },
                       timeouts: { connect: 1s, reply: 2m, afterDot: 3m, idle: 500ms } }
              sms:   { kind: spool, inDoubt: hold }
            """
        let email = try load(yaml).configuration.transports.email
        #expect(email.kind == .smtp)
        #expect(email.smtp.host == "127.0.0.1")
        #expect(email.smtp.port == 2525)
        #expect(email.smtp.tls == .none)
        #expect(email.smtp.username == nil)
        #expect(email.smtp.password == nil)
        #expect(email.maxConnections == 40)
        #expect(email.inDoubt == .hold)
        #expect(email.retry.backoff.first == TimeSpan("31s"))
        #expect(email.retry.backoff.max == TimeSpan("5h"))
        #expect(email.retry.attempts == 21)
        #expect(email.retry.giveUpAfter == TimeSpan("3d"))
        #expect(email.smtp.timeouts.connect == TimeSpan("1s"))
        #expect(email.smtp.timeouts.reply == TimeSpan("2m"))
        #expect(email.smtp.timeouts.afterDot == TimeSpan("3m"))
        #expect(email.smtp.timeouts.idle == TimeSpan("500ms"))
    }

    @Test("the port follows from tls", arguments: [("none", 25), ("starttls", 587), ("tls", 465)])
    func ports(tls: String, port: Int) throws {
        let yaml = "transports: { email: { kind: smtp, host: mail, tls: \(tls) } }"
        #expect(try load(yaml).configuration.transports.email.smtp.port == port)
    }

    @Test("keys that do not apply to the kind are faults, and say which kind they apply to")
    func inapplicable() throws {
        let yaml = """
            transports:
              email: { kind: spool, host: mail, timeouts: { idle: 1s } }
              sms: { host: gateway }
            """
        let rule = "applies with transports.email.kind: smtp only (campaignd.yaml:2); remove it"
        let allowed =
            "kind, folder, maxConnections, ratePerSecond, burst, perSender, quietHours, "
            + "inDoubt, retry, "
            + "baseURL, url, accountSid, authTokenFile, username, passwordFile, secretFile, "
            + "callbackURL, caFile, replies, argv, timeout"
        #expect(
            try faults(yaml) == [
                "campaignd.yaml:2: transports.email.host: \(rule)",
                "campaignd.yaml:2: transports.email.timeouts.idle: \(rule)",
                "campaignd.yaml:3: transports.sms.host: unknown key; allowed here: \(allowed)",
            ]
        )
        #expect(
            try faults("transports: { email: { kind: smtp, host: mail, folder: out } }").count == 1
        )
    }

    @Test("kind smtp requires a host")
    func host() throws {
        #expect(
            try faults("transports: { email: { kind: smtp } }")
                == ["campaignd.yaml:1: transports.email.host: is required: kind is smtp"]
        )
    }

    @Test("an account needs both a name and a password")
    func halfAnAccount() throws {
        let head = "transports: { email: { kind: smtp, host: mail, "
        #expect(
            try faults(head + "username: u } }")
                == ["campaignd.yaml:1: transports.email.passwordFile: is required: username is set"]
        )
        #expect(
            try faults(head + "passwordFile: /dev/null } }")
                == ["campaignd.yaml:1: transports.email.username: is required: passwordFile is set"]
        )
    }

    @Test("authorities are read from the file's folder and must be there")
    func authorities() throws {
        let folder = try Folder()
        let yaml = "transports: { email: { kind: smtp, host: mail, caFile: ca.pem } }"
        #expect(
            try faults(yaml, in: folder) == [
                "campaignd.yaml:1: transports.email.caFile: cannot be read: ca.pem: No such file or directory"
            ]
        )
        let path = try folder.write("ca.pem", "")
        #expect(try load(yaml, in: folder).configuration.transports.email.caFile == path)
    }
}
