import Foundation
import Testing

@testable import Settings

@Suite("Configuration: providers and programs", .timeLimit(.minutes(10)))
struct GatewayTests {
    private func withSecret(_ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data("s3cret\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        try body(file.path)
    }

    @Test("providers are read whole, with their secrets")
    func providers() throws {
        try withSecret { file in
            let transports = try load(
                """
                transports:
                  email: { kind: webhook, url: "https://a.example/x?y=1", secretFile: \(file) }
                  sms:
                    kind: kannel
                    baseURL: http://127.0.0.1:13013/
                    username: u
                    passwordFile: \(file)
                    callbackURL: http://127.0.0.1:8080
                  voice:
                    kind: twilio
                    accountSid: AC1
                    authTokenFile: \(file)
                    optOutKey: "9"
                    repeatKey: "*"
                    outcomes: { busy: { after: 5m, times: 1 } }
                    sipCodes: { 404: bad-number, 603: busy }
                """
            ).configuration.transports
            #expect(transports.email.gateway.url == "https://a.example/x?y=1")
            #expect(transports.sms.gateway.baseURL == "http://127.0.0.1:13013")
            #expect(transports.sms.gateway.secret.reveal() == "s3cret")
            #expect(transports.voice.gateway.call.optOutKey == "9")
            #expect(transports.voice.gateway.call.busy.after == .minutes(5))
            #expect(transports.voice.gateway.call.busy.times == 1)
            #expect(transports.voice.gateway.call.noAnswer.times == 2)
            #expect(transports.voice.gateway.call.sipCodes == [404: .badNumber, 603: .busy])
            #expect(transports.sms.gateway.call.sipCodes[604] == .badNumber)
        }
    }

    @Test("a program's arguments are a list, or words")
    func arguments() throws {
        let list = "transports: { sms: { kind: command, argv: [send, \"two words\", -x] } }"
        #expect(
            try load(list).configuration.transports.sms.gateway.argv == ["send", "two words", "-x"]
        )
        let one = "transports: { sms: { kind: command, argv: [\"/opt/my program\"] } }"
        #expect(try load(one).configuration.transports.sms.gateway.argv == ["/opt/my program"])
        let words = "transports: { sms: { kind: command, argv: send -x } }"
        #expect(try load(words).configuration.transports.sms.gateway.argv == ["send", "-x"])
        #expect(try faults("workers: [1, 2]").count == 1)
    }

    @Test("what a kind needs is missed, and what it does not use is refused")
    func missing() throws {
        #expect(try faults("transports: { sms: { kind: kannel } }").count == 3)
        #expect(try faults("transports: { sms: { kind: twilio } }").count == 2)
        #expect(try faults("transports: { voice: { kind: webhook } }").count == 2)
        #expect(try faults("transports: { email: { kind: command } }").count == 1)
        let foreign = "transports: { sms: { kind: command, argv: [a], username: u } }"
        #expect(try faults(foreign).count == 1)
        #expect(try faults("transports: { voice: { kind: kannel } }").count == 1)
        #expect(try faults("transports: { voice: { sipCodes: { 200: busy } } }").count == 2)
    }

    private static let kannel = "kind: kannel, baseURL: http://k, username: u, passwordFile: "

    @Test("what answers mean is set by a section, a text or a variable")
    func replies() throws {
        try withSecret { file in
            let expected: [Int: ReplyMeaning] = [503: .deferred, 30007: .throttled]
            let section = "{ 30007: throttled, 503: deferred }"
            for replies in [section, "\"30007=throttled, 503=deferred\""] {
                let yaml = "transports: { sms: { \(Self.kannel)\(file), replies: \(replies) } }"
                #expect(try load(yaml).configuration.transports.sms.gateway.replies == expected)
            }
            let set = try load(
                "transports: { sms: { \(Self.kannel)\(file) } }",
                environment: ["CAMPAIGND_TRANSPORTS_SMS_REPLIES": "30007=throttled,503=deferred"]
            )
            #expect(set.configuration.transports.sms.gateway.replies == expected)
        }
    }

    @Test(
        "a wrong meaning or number is named, with what is allowed",
        arguments: [
            ("{ 503: away, 30007: filtered }", "30007=filtered"), ("{ 200: away }", "200=away"),
            ("{ oops: away }", "oops=away"), ("\"503\"", "503"),
        ]
    )
    func faultyReplies(_ replies: String, _ culprit: String) throws {
        try withSecret { file in
            let faults = try faults(
                "transports: { sms: { \(Self.kannel)\(file), replies: \(replies) } }"
            )
            #expect(
                faults == [
                    "campaignd.yaml:1: transports.sms.replies: \"\(culprit)\" is not pairs KEY=VALUE "
                        + "with commas between them, each an HTTP status from 300 to 599, or a code of "
                        + "the provider's from 600, with its meaning: one of recipient, "
                        + "invalid-address, stop, content, sender, deferred, throttled, away, unknown"
                ]
            )
        }
    }

    @Test("authorities are read from the file's folder and must be there, for every HTTP kind")
    func authorities() throws {
        let folder = try Folder()
        try folder.write("secret", "s3cret")
        let kinds = [
            "email: { kind: webhook, url: \"https://a\", secretFile: secret",
            "sms: { kind: kannel, baseURL: https://k, username: u, passwordFile: secret",
            "voice: { kind: twilio, accountSid: AC1, authTokenFile: secret",
        ]
        for kind in kinds {
            let yaml = "transports: { \(kind), caFile: ca.pem } }"
            let channel = kind.prefix { $0 != ":" }
            #expect(
                try faults(yaml, in: folder) == [
                    "campaignd.yaml:1: transports.\(channel).caFile: cannot be read: ca.pem: "
                        + "No such file or directory"
                ]
            )
        }
        let path = try folder.write("ca.pem", "")
        for kind in kinds {
            let transports = try load("transports: { \(kind), caFile: ca.pem } }", in: folder)
                .configuration.transports
            let files = [transports.email.caFile, transports.sms.caFile, transports.voice.caFile]
            #expect(files.compactMap(\.self) == [path])
        }
    }
}
