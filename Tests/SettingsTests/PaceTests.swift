import Testing

@testable import Settings

@Suite("Configuration: how fast messages may go", .timeLimit(.minutes(10)))
struct PaceTests {
    @Test("rates may be fractions, each with a burst of its own or without")
    func rates() throws {
        let yaml = """
            transports:
              email: { ratePerSecond: 250, burst: 1000, perSender: { ratePerSecond: 0.5 } }
            """
        let transports = try load(yaml).configuration.transports
        #expect(transports.email.rate.perSecond == 250 && transports.email.rate.burst == 1_000)
        #expect(transports.email.perSender.perSecond == 0.5)
        #expect(transports.email.perSender.burst == nil && transports.sms.rate.perSecond == nil)
    }

    @Test("a rate is a plain number above zero", arguments: ["0", "-1", "1e3", "fast", "2000000"])
    func malformed(rate: String) throws {
        #expect(try faults("transports: { sms: { ratePerSecond: \(rate) } }").count == 1)
    }

    @Test("quiet hours are two times of day and a zone")
    func quietHours() throws {
        let yaml = """
            transports:
              sms: { quietHours: { from: "21:00", to: "08:30", zone: America/New_York } }
            """
        let sms = try load(yaml).configuration.transports.sms
        #expect(sms.quietHours.from == 1_260 && sms.quietHours.to == 510)
        #expect(sms.quietHours.zone == "America/New_York")
    }

    @Test(
        "quiet hours that lack a part, never are, or lie in a zone nobody knows are faults",
        arguments: [
            #"from: "21:00""#, #"from: "21:00", to: "08:00""#, "zone: Europe/Paris",
            #"from: "24:00", to: "08:00", zone: UTC"#, #"from: "9:00", to: "08:00", zone: UTC"#,
            #"from: "21:00", to: "21:00", zone: UTC"#,
            #"from: "21:00", to: "08:00", zone: Mars/Olympus"#,
            #"from: "21:00", to: "08:00", zone: ../../etc/passwd"#,
        ]
    )
    func malformedHours(hours: String) throws {
        let found = try faults("transports: { voice: { quietHours: { \(hours) } } }")
        #expect(!found.isEmpty && found.allSatisfy { $0.contains("transports.voice.quietHours.") })
    }

    @Test("all channels together have a rate beside those of each")
    func global() throws {
        let yaml = "transports: { ratePerSecond: 20.5, burst: 40, sms: { ratePerSecond: 2 } }"
        let transports = try load(yaml).configuration.transports
        #expect(transports.rate.perSecond == 20.5 && transports.rate.burst == 40)
        #expect(transports.sms.rate.perSecond == 2 && transports.email.rate.perSecond == nil)
    }

    @Test("a burst without a rate is a fault")
    func burst() throws {
        #expect(
            try faults("transports: { burst: 3 }") == [
                "campaignd.yaml:1: transports.burst: there is no ratePerSecond it could belong to"
            ]
        )
        #expect(
            try faults("transports: { sms: { perSender: { burst: 3 } } }") == [
                "campaignd.yaml:1: transports.sms.perSender.burst: there is no "
                    + "perSender.ratePerSecond it could belong to"
            ]
        )
    }
}
