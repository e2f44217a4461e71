import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("Imports into contact lists", .timeLimit(.minutes(10)))
struct ImportTests {
    @Test("a new list is seen by nobody before its import is finished")
    func newList() throws {
        let engine = try Engine()
        let opened = try engine.service.beginImport(
            ImportOrder(id: nil, name: "news", channel: nil)
        )
        try engine.store.stage(.people(3), in: opened)
        #expect(try engine.store.contactList(opened.listID) == nil)
        #expect(try engine.store.contactLists(before: nil, limit: 10).isEmpty)

        let list = try engine.store.finishImport(opened, now: engine.clock.now, keeping: nil)
        #expect(list.contacts == 3 && list.name == "news")
        #expect(try engine.store.contactList(opened.listID) == list)
        #expect(try engine.store.contactLists(before: nil, limit: 10) == [list])
        try engine.finish()
    }

    @Test("into an existing list, nothing of it is seen before the end: contacts, count, name")
    func existingList() throws {
        let engine = try Engine()
        let id = try engine.list(.mails("ann", "bob"), name: "before")
        let before = try engine.service.contactList(id)
        let opened = try engine.service.beginImport(
            ImportOrder(id: id, name: "after", channel: nil)
        )
        try engine.store.stage(
            [.mail("ann", variables: ["name": "Anna"]), .mail("cid")],
            in: opened
        )
        #expect(try engine.service.contactList(id) == before)
        #expect(try engine.audience(of: id) == ["Hello ann", "Hello bob"])

        let after = try engine.store.finishImport(opened, now: engine.clock.now, keeping: nil)
        #expect(after.contacts == 3 && after.name == "after")
        #expect(try engine.audience(of: id) == ["Hello Anna", "Hello bob", "Hello cid"])
        try engine.finish()
    }

    @Test("a contact replaces the one with its address, in the list and in the same import")
    func replaces() throws {
        let engine = try Engine()
        let id = try engine.list([.mail("ann"), .mail("bob")])
        try engine.list(
            [
                .named("ann", email: "ANN@example.org", variables: ["name": "second"]),
                .mail("ann", variables: ["name": "third"]),
            ],
            id: id
        )

        #expect(try engine.service.contactList(id).contacts == 2)
        #expect(try engine.audience(of: id) == ["Hello third", "Hello bob"])
        try engine.finish()
    }

    @Test("a contact of several chunks of one import is there once, with its last values")
    func replacesAcrossChunks() throws {
        let engine = try Engine()
        let id = try engine.list(.people(10))
        let opened = try engine.service.beginImport(ImportOrder(id: id, name: nil, channel: nil))
        for word in ["first", "second", "third"] {
            try engine.store.stage([.mail("p3", variables: ["name": word])], in: opened)
        }
        let list = try engine.store.finishImport(opened, now: engine.clock.now, keeping: nil)

        #expect(list.contacts == 10)
        let texts = try engine.audience(of: id)
        #expect(texts.count == 10 && texts.contains("Hello third"))
        #expect(!texts.contains("Hello p3") && !texts.contains("Hello first"))
        try engine.finish()
    }

    @Test(
        "contacts of a phone list are told apart by phone, of others by email where they have one"
    )
    func keys() throws {
        let engine = try Engine()
        let phones = try engine.list(
            [
                .named("ann", email: "same@example.org", phone: "+19498671001"),
                .named("bob", email: "same@example.org", phone: "+19498671002"),
                .named("ann again", phone: "+19498671001"),
            ],
            .sms
        )
        #expect(try engine.service.contactList(phones).contacts == 2)
        let mixed = try engine.list([
            .named("a", email: "a@example.org", phone: "+19498671001"),
            .named("b", email: "b@example.org", phone: "+19498671001"),
            .named("c", phone: "+19498671001"), .named("d", phone: "+19498671009"),
            .named("d", phone: "+19498671009"),
        ])
        #expect(try engine.service.contactList(mixed).contacts == 4)
        try engine.finish()
    }

    @Test("abandoned, it leaves everything as it was")
    func abandoned() throws {
        let engine = try Engine()
        let id = try engine.list(.mails("ann", "bob"), name: "before")
        let before = try engine.service.contactList(id)
        let opened = try engine.service.beginImport(
            ImportOrder(id: id, name: "after", channel: nil)
        )
        try engine.store.stage(
            [.mail("ann", variables: ["name": "Anna"])] + .people(1_500).suffix(900),
            in: opened
        )
        try engine.store.abandonImport(opened)

        #expect(try engine.service.contactList(id) == before)
        #expect(try engine.audience(of: id) == ["Hello ann", "Hello bob"])
        #expect(try engine.contactRows == 2)
        let new = try engine.service.beginImport(ImportOrder(id: nil, name: nil, channel: nil))
        try engine.store.stage(.people(5), in: new)
        try engine.store.abandonImport(new)
        #expect(try engine.contactRows == 2)
        #expect(try engine.store.contactList(new.listID) == nil)
        try engine.finish()
    }

    @Test("refused whole for want of a good row, or for a bad one where it is strict")
    func refused() throws {
        let engine = try Engine()
        let bad = RejectedRow(line: 3, reason: "has no email")
        let order = ImportOrder(id: nil, name: "news", channel: nil)
        for isStrict in [false, true] {
            #expect(throws: RejectedRows.self) {
                try engine.service.importContacts(order, strict: isStrict) { rows in
                    if isStrict { try rows.add(.success(.mail("ann"))) }
                    try rows.add(.failure(bad))
                }
            }
        }
        #expect(try engine.contactRows == 0)
        let summary = try engine.service.importContacts(order, strict: false) { rows in
            try rows.add(.failure(bad))
            try rows.add(.success(.mail("ann")))
        }
        #expect(summary.list.contacts == 1)
        #expect(summary.rejected.count == 1 && summary.rejected.first == [bad])
        try engine.finish()
    }

    @Test("a death leaves nothing of it, and the next import may begin")
    func death() throws {
        let folder = try DataFolder()
        let first = try Engine(in: folder)
        let id = try first.list(.mails("ann", "bob"))
        let opened = try first.service.beginImport(ImportOrder(id: id, name: "x", channel: nil))
        try first.store.stage(
            [.mail("ann", variables: ["name": "Anna"]), .mail("cid")],
            in: opened
        )
        let new = try first.service.beginImport(ImportOrder(id: nil, name: "new", channel: nil))
        try first.store.stage(.people(5), in: new)
        let before = try first.service.contactList(id)
        try first.kill()

        let second = try Engine(in: folder, clock: first.clock)
        #expect(try second.contactRows == 2)
        #expect(try second.service.contactList(id) == before)
        #expect(try second.audience(of: id) == ["Hello ann", "Hello bob"])
        try second.list(.mails("cid"), id: id)
        #expect(try second.audience(of: id) == ["Hello ann", "Hello bob", "Hello cid"])
        try second.finish()
    }

    @Test("a second import into the same list at once is a conflict, into another one is not")
    func conflict() throws {
        let engine = try Engine()
        let id = try engine.list(.mails("ann"))
        let order = ImportOrder(id: id, name: nil, channel: nil)
        let opened = try engine.service.beginImport(order)
        let text = try engine.conflict { try engine.service.beginImport(order) }
        #expect(text.contains("another import into contact list \(id) is under way"))

        try engine.list(.mails("bob"))
        _ = try engine.store.finishImport(opened, now: engine.clock.now, keeping: nil)
        try engine.list(.mails("cid"), id: id)
        try engine.finish()
    }

    @Test("into a list that is not there, is deleted or is of another channel is refused")
    func unfit() throws {
        let engine = try Engine()
        let deleted = try engine.list(.mails("ann"))
        try engine.service.deleteContactList(deleted)
        let missing = ServiceError.store(.notFound("contact list", deleted.description))
        #expect(throws: missing) {
            try engine.service.beginImport(ImportOrder(id: deleted, name: nil, channel: nil))
        }
        let email = try engine.list(.mails("ann"), .email)
        let text = try engine.conflict {
            try engine.service.beginImport(ImportOrder(id: email, name: nil, channel: .sms))
        }
        #expect(text.contains("is for email, not sms"))
        try engine.finish()
    }
}

extension Engine {
    /// The texts that a campaign to the list would send, in the order of their addresses.
    fileprivate func audience(of list: ObjectID) throws -> [String] {
        let email = try required(transports[.email] as? ScriptedTransport)
        let before = email.handed.elements.count
        try wait(for: campaign(CampaignOrder(spec: spec(lists: [list]))), .sent)
        return email.handed.elements.dropFirst(before).sorted { $0.recipient < $1.recipient }
            .map(\.content.text)
    }

    /// Contact rows of any list, seen or not.
    fileprivate var contactRows: Int64? {
        get throws {
            try store.read("rows") { file in
                try file.first("SELECT COUNT(*) FROM contact") { $0.int64(0) }
            }
        }
    }
}
