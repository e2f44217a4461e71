import Campaigns
import JobQueue
import SQLiteStore

/// A template and a contact list, so that campaigns can be enqueued.
struct Audience {
    let template: ObjectID
    let list: ObjectID

    /// Stores an email template and a list of that many contacts.
    ///
    /// - Parameter text: the body; `{{name}}` is every contact's own.
    init(
        _ service: CampaignService,
        contacts: Int,
        text: String = "Dear {{name}},\nthis is for you.\n"
    ) throws {
        let stored = try service.putTemplate(
            TemplateOrder(
                id: nil,
                name: "bench",
                channel: .email,
                content: TemplateContent(subject: "Hello {{name}}", text: text, html: nil)
            )
        )
        let order = ImportOrder(id: nil, name: "bench", channel: nil)
        let summary = try service.importContacts(order, strict: true) { rows in
            for number in 1...contacts { try rows.add(.success(.bench(number))) }
        }
        guard let template = ObjectID(stored.id), let list = ObjectID(summary.list.id) else {
            preconditionFailure("the store made an id that is none")
        }
        self.template = template
        self.list = list
    }

    /// The same on a data folder that no daemon works on yet.
    init(onFolder folder: String, contacts: Int) throws {
        let opened = try SQLiteStore.open(
            StoreOptions(folder: folder, version: "bench", mayCreate: true, runsJobs: false)
        )
        defer { try? opened.store.close(now: opened.clock.now) }
        try self.init(
            CampaignService(
                store: opened.store,
                clock: opened.clock,
                settings: ServiceSettings()
            ),
            contacts: contacts
        )
    }

    /// A campaign to the list, as the API takes it.
    var spec: String {
        """
        {"name":"bench","channel":["email"],"contactListId":["\(list)"],"settings":\
        {"email":{"fromEmail":"News <news@example.com>","templateId":"\(template)"}}}
        """
    }

    /// The same for the service.
    var campaignSpec: CampaignSpec {
        CampaignSpec(
            name: "bench",
            channels: [.email],
            settings: [
                .email: ChannelSettings(
                    sender: "News <news@example.com>",
                    templateID: template,
                    version: nil
                )
            ],
            contactListIDs: [list]
        )
    }
}

extension NewContact {
    /// A contact like no other.
    static func bench(_ number: Int) -> NewContact {
        let address = "person\(number)@example.org"
        return NewContact(
            email: address,
            emailKey: address,
            phone: "",
            timezone: nil,
            variables: ["name": "Person \(number)", "city": "Lisbon"]
        )
    }
}
