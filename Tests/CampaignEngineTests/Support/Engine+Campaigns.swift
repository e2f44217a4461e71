import JobQueue
import TestSupport

@testable import Campaigns
@testable import SQLiteStore

/// Templates, lists and campaigns in a line each.
extension Engine {
    /// Stores a template, or a new version of one.
    func template(
        _ channel: Channel = .email,
        _ text: String = "Hello {{name}}",
        id: ObjectID? = nil
    ) throws -> ObjectID {
        let stored = try service.putTemplate(
            TemplateOrder(
                id: id,
                name: "template",
                channel: channel,
                content: TemplateContent(
                    subject: channel == .email ? "News" : nil,
                    text: text,
                    html: nil
                )
            )
        )
        return try required(ObjectID(stored.id))
    }

    /// Imports contacts into a new list, or into one there is.
    @discardableResult
    func list(
        _ contacts: [NewContact],
        _ channel: Channel? = nil,
        name: String? = nil,
        id: ObjectID? = nil
    ) throws -> ObjectID {
        let order = ImportOrder(id: id, name: name, channel: channel)
        let summary = try service.importContacts(order, strict: true) { rows in
            for contact in contacts { try rows.add(.success(contact)) }
        }
        return try required(ObjectID(summary.list.id))
    }

    /// A spec with a new template for each channel that is given none.
    func spec(
        _ channels: [Channel] = [.email],
        lists: [ObjectID],
        templates: [Channel: ObjectID] = [:],
        version: Int? = nil
    ) throws -> CampaignSpec {
        var settings: [Channel: ChannelSettings] = [:]
        for channel in channels {
            settings[channel] = ChannelSettings(
                sender: channel == .email ? "News <news@example.org>" : "+19498671000",
                templateID: try templates[channel] ?? template(channel),
                version: version
            )
        }
        return CampaignSpec(
            name: "campaign",
            channels: channels,
            settings: settings,
            contactListIDs: lists
        )
    }

    /// Accepts an order; returns its job.
    @discardableResult
    func enqueue(
        _ order: CampaignOrder,
        replaces: ObjectID? = nil,
        key: IdempotencyKey? = nil,
        as caller: Caller = .operator
    ) throws -> AcceptedJob {
        let request = CampaignService.Request(order: order, replaces: replaces, key: key)
        return try required(service.enqueue([request], as: caller).first)
    }

    /// Accepts a campaign of so many emails; returns its id.
    func campaign(
        of count: Int,
        until: CampaignStep = .send,
        priority: Int = JobPriority.standard
    ) throws -> String {
        let spec = try spec(lists: [list(.people(count))])
        return try campaign(CampaignOrder(spec: spec, until: until, priority: priority))
    }

    /// Accepts an order; returns its campaign's id.
    func campaign(_ order: CampaignOrder) throws -> String {
        try required(enqueue(order).job.campaignID)
    }

    /// Claims the next job as the pool would, without running it.
    func claimNext() throws -> Job {
        let jobs = Recorder<Result<WorkBatch, StoreError>>()
        let exchange = WorkExchange(ended: [], claimLimit: 1, now: clock.now, wall: clock.wall)
        store.exchange(exchange) { jobs.append($0) }
        return try required(jobs.wait(forCount: 1).first?.get().jobs.first)
    }

    // MARK: Looking

    func campaign(_ id: String) throws -> Campaign {
        try required(store.campaign(id, owner: nil))
    }

    func job(_ id: Int64) throws -> Job {
        try required(store.job(id))
    }

    func newestJob(of campaign: String) throws -> Job {
        try required(store.newestJob(ofCampaign: campaign))
    }

    func messages(
        of campaign: String,
        _ state: MessageState? = nil,
        _ channel: Channel? = nil
    ) throws -> [Message] {
        try store.messages(
            matching: MessageFilter(campaignID: campaign, state: state, channel: channel),
            after: 0,
            limit: 100_000
        )
    }

    /// The one message to the recipient whose address begins so.
    func message(to name: String, of campaign: String) throws -> Message {
        let found = try messages(of: campaign).filter { $0.recipient.hasPrefix("\(name)@") }
        guard let message = found.first, found.count == 1 else {
            throw Missing(what: "one message to \(name), there are \(found.count)")
        }
        return message
    }
}

extension Campaign {
    /// How many of its messages are in the state, by its counters.
    func count(_ state: MessageState, _ channel: Channel? = nil, detail: String? = nil) -> Int64 {
        counts.filter { count in
            count.state == state && (channel == nil || count.channel == channel)
                && (detail == nil || count.detail == detail)
        }.reduce(0) { $0 + $1.count }
    }

    /// The statuses of its change log, in order.
    var log: [CampaignStatus] { changeLog.map(\.status) }
}

extension String {
    /// The id that the text is; tests get ids as text from jobs and campaigns.
    var objectID: ObjectID {
        get throws { try required(ObjectID(self)) }
    }
}
