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
                """
            ).configuration.transports
            #expect(transports.email.gateway.url == "https://a.example/x?y=1")
            #expect(transports.sms.gateway.baseURL == "http://127.0.0.1:13013")
            #expect(transports.sms.gateway.secret.reveal() == "s3cret")
            #expect(transports.voice.gateway.call.optOutKey == "9")
            #expect(transports.voice.gateway.call.busy.after == .minutes(5))
            #expect(transports.voice.gateway.call.busy.times == 1)
            #expect(transports.voice.gateway.call.noAnswer.times == 2)
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
    }
}
