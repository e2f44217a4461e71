import APITypes
import Campaigns
package import JobQueue

/// Changes of jobs and campaigns as server-sent events.
package struct EventFeed: Sendable {
    let hub: EventHub
    let service: CampaignService
    let caller: Caller

    /// Hands over each change as it is committed; `handler` must not block.
    package func subscribe(_ handler: @escaping @Sendable (StoreEvent) -> Void)
        -> EventSubscription
    {
        hub.subscribe(details: true) { event in
            switch event {
            case .job, .campaign: handler(event)
            case .jobsReady, .cancelRequested, .lanesChanged, .dispatchChanged: break
            }
        }
    }

    /// The change as an event of the stream; nil where it is not this caller's to see.
    ///
    /// May block: whose campaign it is stands in the store.
    package func render(_ event: StoreEvent) -> [UInt8]? {
        switch event {
        case .job(let id, let campaignID, let state):
            guard isVisible(campaignID) else { return nil }
            return render(
                "job",
                JobEventBody(id: id, campaignId: campaignID, state: state.rawValue)
            )
        case .campaign(let id, let status):
            guard isVisible(id) else { return nil }
            return render("campaign", CampaignEventBody(campaignId: id, status: status))
        case .jobsReady, .cancelRequested, .lanesChanged, .dispatchChanged: return nil
        }
    }

    /// A line that says nothing, to keep a quiet connection open.
    package static let heartbeat = Array(": \n\n".utf8)

    private func isVisible(_ campaignID: String?) -> Bool {
        guard caller != .operator else { return true }
        guard let id = campaignID.flatMap({ ObjectID($0) }) else { return false }
        return (try? service.campaign(id, as: caller)) != nil
    }

    private func render(_ name: String, _ body: some Encodable) -> [UInt8]? {
        guard let data = try? JSONCoding.encode(body) else { return nil }
        return Array("event: \(name)\ndata: ".utf8) + data + Array("\n\n".utf8)
    }
}
