import APITypes
import Campaigns
import FoundationEssentials

extension RouteTable {
    /// What can be seen of a campaign before it leaves.
    static let previewRoutes: [Route] = [
        Route(
            method: .get,
            path: "/api/campaign/{id}/preview",
            operation: "previewCampaign",
            summary: "Shows the message to one contact; once built, the very one that leaves.",
            query: [
                .init(name: "contact", schema: .text, summary: "An address; absent: the first."),
                .init(
                    name: "channel",
                    schema: .words(Channel.self),
                    summary: "Absent: the campaign's first."
                ),
            ],
            replies: [.json(.preview, "The message, or why there is none.")],
            handle: { call in
                let id = try call.objectID()
                let (contact, channel) = try call.query { query in
                    (query.string("contact"), query.choice("channel", of: Channel.self))
                }
                return try .json(
                    PreviewBody(
                        try call.service.preview(
                            id,
                            contact: contact,
                            channel: channel,
                            as: call.caller
                        )
                    )
                )
            }
        ),
        Route(
            method: .post,
            path: "/api/campaign/{id}/test",
            operation: "testCampaign",
            summary: "Sends one contact's message to another address, as a campaign of its own.",
            repeats: .byJob,
            body: .json(.testOrder),
            replies: [
                .json(.job, "The test's job.", status: 201),
                .json(.job, "The job that the key's first request made."),
            ],
            handle: { try $0.sendTest() }
        ),
        Route(
            method: .get,
            path: "/api/campaign/{id}/report",
            operation: "reportCampaign",
            summary: "Counts who is left out and why, parts and their cost, and rules for senders.",
            replies: [.json(.report, "The report.")],
            handle: { call in
                let id = try call.objectID()
                return try .json(ReportBody(try call.service.report(on: id, as: call.caller)))
            }
        ),
    ]
}

extension Call {
    fileprivate func sendTest() throws -> APIReply {
        let key = try key(for: try json())
        let order = try document { object in
            let address = object.string("address", required: true)
            let channel = object.choice("channel", of: Channel.self)
            let contact = object.string("contact")
            return address.map { (address: $0, channel: channel, contact: contact) }
        }
        let accepted = try service.sendTest(
            of: try objectID(),
            to: order.address,
            contact: order.contact,
            channel: order.channel,
            key: key,
            as: caller
        )
        var body = JobBody(accepted.job)
        body.replayed = accepted.isReplayed
        return try .json(body, status: accepted.isReplayed ? 200 : 201)
    }
}
