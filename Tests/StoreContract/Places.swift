import Campaigns
import JobQueue
import TestSupport
import Testing

/// A state a job can be put in, with the reason where it is held.
struct Place: Hashable, Sendable, CustomStringConvertible {
    var state: JobState
    var reason: HoldReason?

    static let all =
        JobState.allCases.filter { $0 != .held }.map { Place(state: $0) }
        + HoldReason.allCases.map { Place(state: .held, reason: $0) }

    var description: String {
        reason.map { "\(state.rawValue) (\($0.rawValue))" } ?? state.rawValue
    }
}

extension JobBench {
    /// A job of its own in the place asked for, brought there by the store's own verbs.
    func job(in place: Place, campaign: String? = nil) throws -> Job {
        let job =
            switch place.state {
            case .scheduled: try add(campaign: campaign, date: clock.wall + .seconds(3_600))
            // Less urgent than what `run` claims.
            case .available: try add(campaign: campaign, priority: 9)
            default: try run(campaign: campaign)
            }
        if let ending = ending(into: place) { try end(job, ending) }
        let placed = try self.job(job.id)
        #expect(placed.state == place.state)
        #expect(placed.holdReason == place.reason)
        return placed
    }

    func job(in state: JobState) throws -> Job {
        try job(in: Place(state: state, reason: state == .held ? .inDoubt : nil))
    }

    private func ending(into place: Place) -> AttemptEnding? {
        switch place.state {
        case .scheduled, .available, .running: nil
        case .retryable: .retry(at: now + .seconds(60), .sample)
        case .held: .held(place.reason ?? .inDoubt, "put aside")
        case .completed: .completed
        case .cancelled: .cancelled
        case .discarded: .discarded(JobFailure(.permanent, "refused"))
        }
    }

    /// The create job of a real campaign with a template and a list of one contact.
    func campaignJob(until: CampaignStep = .create, date: Timestamp? = nil) throws -> Job {
        let minter = ObjectIDMinter()
        let template = minter.mint(at: now)
        _ = try store.putTemplate(
            TemplateOrder(
                id: nil,
                name: "hello",
                channel: .email,
                content: TemplateContent(subject: "Hello", text: "Hello", html: nil)
            ),
            newID: template,
            now: now,
            keeping: nil
        )
        let order = CampaignOrder(
            spec: CampaignSpec(
                name: "spring",
                channels: [.email],
                settings: [
                    .email: ChannelSettings(
                        sender: "news@example.org",
                        templateID: template,
                        version: nil
                    )
                ],
                contactListIDs: [try contactList(minter.mint(at: now))]
            ),
            until: until,
            date: date,
            priority: 1
        )
        let entry = OrderEntry(
            order: order,
            campaignID: minter.mint(at: now),
            replaces: nil,
            userID: nil,
            account: "local",
            maxAttempts: 20,
            key: nil
        )
        let result = try store.accept([entry], now: now, wall: clock.wall)
        guard case .accepted(let jobs) = result else {
            Issue.record("the campaign was not accepted: \(result)")
            return try #require(nil)
        }
        return try #require(jobs.first).job
    }

    private func contactList(_ id: ObjectID) throws -> ObjectID {
        let order = ImportOrder(id: nil, name: "people", channel: nil)
        let listImport = try store.beginImport(order, newID: id, now: now)
        let ann = NewContact(
            email: "ann@example.org",
            emailKey: "ann@example.org",
            phone: "",
            timezone: nil,
            variables: [:]
        )
        try store.stage([ann], in: listImport)
        _ = try store.finishImport(listImport, now: now, keeping: nil)
        return id
    }
}
