import APITypes
import Campaigns
import FoundationEssentials

extension RouteTable {
    /// A campaign's messages, and what an operator does to them.
    static let messageRoutes: [Route] = [
        Route(
            method: .get,
            path: "/api/campaign/{id}/messages",
            operation: "listMessages",
            summary: "Lists a campaign's messages in the order they were built.",
            query: [
                .init(name: "state", schema: .words(MessageState.self), summary: "Their state."),
                .init(name: "channel", schema: .words(Channel.self), summary: "Their channel."),
                .limit,
                .init(name: "after", schema: .integer(0...), summary: "The id of the one before."),
            ],
            replies: [.list(.message, "The messages.")],
            handle: { try $0.listMessages() }
        ),
        Route(
            method: .post,
            path: "/api/messages/retry",
            operation: "retryMessages",
            summary: "Makes failed, bounced, deferred or unknown messages ready again.",
            repeats: .byAnswer,
            body: .json(.messageSelection),
            replies: [.json(.action, "What came of it.")],
            handle: { try $0.operateOnMessages(resolves: false) }
        ),
        Route(
            method: .post,
            path: "/api/messages/resolve",
            operation: "resolveMessages",
            summary: "Settles unknown messages: as sent, or to be sent again.",
            repeats: .byAnswer,
            body: .json(.messageResolution),
            replies: [.json(.action, "What came of it.")],
            handle: { try $0.operateOnMessages(resolves: true) }
        ),
    ]
}

/// How to settle what is in doubt.
enum Resolution: String, CaseIterable {
    case sent, resend
}

extension Call {
    fileprivate func listMessages() throws -> APIReply {
        let id = try objectID()
        let (filter, limit, after) = try query { query in
            let filter = MessageFilter(
                campaignID: id.description,
                state: query.choice("state", of: MessageState.self),
                channel: query.choice("channel", of: Channel.self)
            )
            return (filter, query.limit, query.cursor("after"))
        }
        let sender = try service.campaign(id, as: caller).spec.settings[.email]?.sender
        let listing = Listing<Message, Int64>(
            fetch: { [service, caller] after, limit in
                try service.messages(
                    matching: filter,
                    after: after ?? 0,
                    limit: limit,
                    as: caller
                )
            },
            cursor: \.id,
            encode: { message in
                try JSONCoding.encode(MessageBody(message, sender: sender))
            }
        )
        return try listing.reply(to: self, limit: limit, from: after, parameter: "after")
    }

    fileprivate func operateOnMessages(resolves: Bool) throws -> APIReply {
        let (action, selection, dryRun) = try document { object in
            let resolution =
                resolves ? object.choice("as", of: Resolution.self, required: true) : nil
            let action: MessageAction =
                resolves ? .resolve(wasSent: resolution == .sent) : .retry
            let dryRun = object.bool("dryRun") ?? false
            return object.messageSelection(standard: resolves ? .unknown : nil).map {
                (action, $0, dryRun)
            }
        }
        let summary = try service.operate(action, on: selection, dryRun: dryRun, as: caller)
        return try .json(ActionBody(summary, dryRun: dryRun))
    }
}

extension ObjectReader {
    /// The messages by `ids`, or by `campaignId` and `state`; `standard` is the state where none is
    /// named.
    fileprivate mutating func messageSelection(
        standard: MessageState?
    ) -> Selection<MessageFilter>? {
        let ids = ids()
        let campaign = objectID("campaignId")
        let state = choice("state", of: MessageState.self)
        let channel = choice("channel", of: Channel.self)
        switch (ids, campaign) {
        case (let ids?, nil):
            if state != nil || channel != nil {
                fault("ids", "stand alone, without state and channel")
            }
            return .ids(ids)
        case (nil, let campaign?):
            guard let state = state ?? standard else {
                fault("state", "is missing")
                return nil
            }
            return .matching(
                MessageFilter(campaignID: campaign.description, state: state, channel: channel)
            )
        default:
            fault("ids", "give either ids or campaignId")
            return nil
        }
    }

    /// The ids of jobs or messages that an action is for.
    mutating func ids() -> [Int64]? {
        guard let elements = elements("ids", upTo: Self.maximumIDs) else { return nil }
        if elements.isEmpty { fault("ids", "is empty") }
        var ids: [Int64] = []
        var seen: Set<Int64> = []
        for (path, value) in elements {
            guard let id = value.wholeNumber, id > 0 else {
                faults.add(path, "must be a whole number above 0")
                continue
            }
            if seen.insert(id).inserted { ids.append(id) }
        }
        return ids
    }

    /// The most ids one call takes; more are selected by their conditions.
    static let maximumIDs = 10_000
}
