import JobQueue
import TestSupport
import Testing

@testable import Campaigns

@Suite("Who gets a message on which channel", .timeLimit(.minutes(10)))
struct FanOutTests {
    @Test("lists typed with a channel take part in it alone: the seed's 3, 1 and 1 give 5")
    func seedExample() throws {
        let engine = try Engine()
        let both = NewContact.named("dan", email: "dan@example.org", phone: "+19498671001")
        let lists = try [
            engine.list(.mails("ann", "bob") + [both], .email),
            engine.list([both], .sms),
            engine.list([.named("eve", phone: "+19498671002")], .voice),
        ]
        let spec = try engine.spec([.email, .sms, .voice], lists: lists)
        let id = try engine.campaign(CampaignOrder(spec: spec, until: .build))
        let campaign = try engine.wait(for: id, .build)

        #expect(campaign.count(.ready) == 5)
        #expect(campaign.count(.ready, .email) == 3)
        #expect(campaign.count(.ready, .sms) == 1)
        #expect(campaign.count(.ready, .voice) == 1)
        #expect(campaign.count(.skipped) == 0)
        #expect(campaign.log == [.draft, .build])
        #expect(campaign.lists.map(\.contacts) == [3, 1, 1])
        try engine.finish()
    }

    @Test("an untyped list's contacts get every channel they have an address for")
    func untypedList() throws {
        let engine = try Engine()
        let list = try engine.list([
            .named("all", email: "all@example.org", phone: "+19498671001"),
            .named("mail", email: "mail@example.org"),
            .named("phone", phone: "+19498671002"),
        ])
        let spec = try engine.spec([.email, .sms], lists: [list])
        let id = try engine.campaign(CampaignOrder(spec: spec, until: .build))
        let campaign = try engine.wait(for: id, .build)

        #expect(campaign.count(.ready, .email) == 2)
        #expect(campaign.count(.ready, .sms) == 2)
        #expect(campaign.count(.skipped, .email, detail: "no-address") == 1)
        #expect(campaign.count(.skipped, .sms, detail: "no-address") == 1)
        let skipped = try engine.messages(of: id, .skipped)
        #expect(skipped.map(\.recipient) == ["+19498671002", "mail@example.org"])
        #expect(skipped.map(\.lastReply) == ["no email address", "no phone number"])
        try engine.finish()
    }

    @Test("an address is written to once on a channel, however it is spelt and whoever lists it")
    func duplicates() throws {
        let engine = try Engine()
        let lists = try [
            engine.list([
                .mail("ann"), .named("Ann", email: "ANN@Example.org", phone: "+19498671001"),
            ]),
            engine.list([
                .named("bob", email: "bob@example.org", phone: "+19498671001"), .mail("zoe"),
            ]),
            engine.list(.mails("zoe"), .email),
        ]
        let spec = try engine.spec([.email, .sms], lists: lists)
        let id = try engine.campaign(CampaignOrder(spec: spec, until: .build))
        let campaign = try engine.wait(for: id, .build)

        let emails = try engine.messages(of: id, .ready, .email).map(\.recipient)
        #expect(
            emails.map { $0.lowercased() } == ["ann", "bob", "zoe"].map { "\($0)@example.org" }
        )
        #expect(campaign.count(.skipped, .email, detail: "duplicate") == 1)
        #expect(campaign.count(.ready, .sms) == 1)
        #expect(campaign.count(.skipped, .sms, detail: "duplicate") == 1)
        #expect(campaign.count(.skipped, .sms, detail: "no-address") == 1)
        try engine.finish()
    }

    @Test("a contact whose values do not fill the template is left out with the reason")
    func renderErrors() throws {
        let engine = try Engine()
        let list = try engine.list([
            .mail("ann"), .mail("bob", variables: ["title": "Dr"]), .mail("cid", variables: [:]),
        ])
        let id = try engine.campaign(
            CampaignOrder(spec: engine.spec(lists: [list]), until: .build)
        )
        let campaign = try engine.wait(for: id, .build)

        #expect(campaign.count(.ready) == 1)
        #expect(campaign.count(.skipped, detail: "render-error") == 2)
        let bob = try engine.message(to: "bob", of: id)
        #expect(bob.exclusion == .renderError)
        #expect(bob.lastReply?.contains("no value for name") == true)
        try engine.finish()
    }

    @Test("the addresses are variables too, and those the template does not use are not kept")
    func variables() throws {
        let email = ScriptedTransport(rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let template = try engine.template(.email, "{{name}} {{email}} {{phone}}")
        let contact = NewContact.named(
            "ann",
            email: "ann@example.org",
            phone: "+19498671001",
            variables: ["name": "Ann", "plan": "gold"]
        )
        let spec = try engine.spec(
            lists: [engine.list([contact])],
            templates: [.email: template]
        )
        let id = try engine.campaign(CampaignOrder(spec: spec))
        let handed = try required(email.handed.wait(forCount: 1).first)

        #expect(handed.content.text == "Ann ann@example.org +19498671001")
        let tap = try required(engine.taps[.email])
        let claimed = try tap.turns.wait(for: "a claim") { $0.contains { !$0.claimed.isEmpty } }
            .flatMap(\.claimed)
        #expect(claimed.first?.variables.keys.sorted() == ["email", "name", "phone"])
        email.answerAll()
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("a campaign whose contacts are all left out fails as empty-audience, the reasons counted")
    func emptyAudience() throws {
        let engine = try Engine()
        let list = try engine.list([
            .mail("ann", variables: [:]), .named("bob", phone: "+19498671001"),
        ])
        let id = try engine.campaign(CampaignOrder(spec: engine.spec(lists: [list])))
        let campaign = try engine.wait(for: id, .failed)

        #expect(campaign.reason?.hasPrefix("empty-audience") == true)
        #expect(campaign.count(.skipped, detail: "render-error") == 1)
        #expect(campaign.count(.skipped, detail: "no-address") == 1)
        #expect(try engine.newestJob(of: id).state == .discarded)
        try engine.finish()
    }
}
