import Testing

@testable import Campaigns

@Suite("A campaign's spec as it is stored", .timeLimit(.minutes(10)))
struct SpecTextTests {
    @Test(
        "whatever its name and senders hold, reading gives back what was written",
        arguments: [
            "spring", "\"quoted\" \\ and / slashes", "line\nbreak, tab\t, \u{0}\u{1F}\u{7F}",
            "Ünïcödé 🎉 \u{2028}", "",
        ]
    )
    func readBack(text: String) throws {
        let spec = try spec(named: text)
        #expect(try CampaignSpec(json: spec.json) == spec)
    }

    @Test("its members stand in the order of their names, and a version only where there is one")
    func text() throws {
        let list = "6b09391f0aee0e2e47d7b987"
        #expect(
            try spec(named: "a").json == """
                {"channel":["sms","email"],"contactListId":["\(list)"],"name":"a","settings":\
                {"email":{"fromEmail":"a","templateId":"\(list)","version":2},\
                "sms":{"shortCode":"a","templateId":"\(list)"}}}
                """
        )
    }

    private func spec(named text: String) throws -> CampaignSpec {
        let id = try #require(ObjectID("6b09391f0aee0e2e47d7b987"))
        return CampaignSpec(
            name: text,
            channels: [.sms, .email],
            settings: [
                .email: ChannelSettings(sender: text, templateID: id, version: 2),
                .sms: ChannelSettings(sender: text, templateID: id, version: nil),
            ],
            contactListIDs: [id]
        )
    }
}
