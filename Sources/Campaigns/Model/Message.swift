package import JobQueue

/// Where a message stands.
///
/// The names are the same in SQL, JSON and the command line.
package enum MessageState: String, CaseIterable, Sendable {
    /// Waits for its turn.
    case ready
    /// Durably marked before its first byte leaves.
    case inflight
    /// The other side took it over.
    case sent
    /// A receipt says that it arrived.
    case delivered
    /// Refused for now; has a next attempt of its own.
    case deferred
    /// Refused for good, or given up; ``MessageFault`` says for whose sake.
    case failed
    /// A later report says that it did not arrive.
    case bounced
    /// It may or may not have left; only a person can tell.
    case unknown
    /// Excluded, at build or when its turn came; ``Exclusion`` says why.
    case skipped
    /// Its campaign was cancelled first.
    case cancelled

    /// Whether the daemon still has something to do for it.
    package var isOpen: Bool { self == .ready || self == .inflight || self == .deferred }

    /// What the seed's API calls it in `stats.result`.
    package var statName: String {
        switch self {
        case .ready, .deferred: "PENDING"
        case .inflight: "SENDING"
        case .sent: "SENT"
        case .delivered: "DELIVERED"
        case .failed: "FAILED"
        case .bounced: "BOUNCED"
        case .unknown: "UNKNOWN"
        case .skipped: "SKIPPED"
        case .cancelled: "CANCELLED"
        }
    }
}

/// Why a contact got no message on a channel.
package enum Exclusion: String, CaseIterable, Sendable {
    case duplicate
    case suppressed
    case noAddress = "no-address"
    case invalidAddress = "invalid-address"
    case renderError = "render-error"
}

/// For whose sake a message failed.
package enum MessageFault: String, CaseIterable, Sendable {
    /// The recipient's own refusal: a settled outcome.
    case recipient
    /// The content, or the sender's standing, was refused.
    case content
    /// Deferred too often or for too long.
    case gaveUp = "gave-up"
    /// The daemon died too often while it was in flight.
    case crashLoop = "crash-loop"

    /// Whether nobody needs to do anything about it.
    package var isSettled: Bool { self == .recipient }
}

/// What happens to a message that was in flight when its reply was lost or the daemon died.
package enum InDoubtPolicy: String, CaseIterable, Sendable {
    /// Sent again once, with the same Message-ID; in doubt a second time it is `unknown`.
    case resend
    /// `unknown` at once.
    case hold
    /// Sending again has no effect the first time did not have (the spool): never in doubt.
    case repeatable
}

/// A message as it is listed.
package struct Message: Sendable, Equatable {
    package var id: Int64
    package var campaignID: String
    package var channel: Channel
    package var recipient: String
    package var state: MessageState
    package var exclusion: Exclusion?
    package var fault: MessageFault?
    /// Attempts whose outcome is known; one that was given back does not count.
    package var attempts: Int
    /// How often it was in doubt.
    package var doubts: Int
    /// When a deferred message is tried next.
    package var nextAttemptAt: Timestamp?
    package var updatedAt: Timestamp
    /// The last answer of the other side, or what is known instead.
    package var lastReply: String?

    /// Makes a value of its parts.
    package init(
        id: Int64,
        campaignID: String,
        channel: Channel,
        recipient: String,
        state: MessageState,
        exclusion: Exclusion?,
        fault: MessageFault?,
        attempts: Int,
        doubts: Int,
        nextAttemptAt: Timestamp?,
        updatedAt: Timestamp,
        lastReply: String?
    ) {
        self.id = id
        self.campaignID = campaignID
        self.channel = channel
        self.recipient = recipient
        self.state = state
        self.exclusion = exclusion
        self.fault = fault
        self.attempts = attempts
        self.doubts = doubts
        self.nextAttemptAt = nextAttemptAt
        self.updatedAt = updatedAt
        self.lastReply = lastReply
    }
}

/// How a message's campaign and number make its id: `seq x 2^26 + number`.
package enum MessageID {
    /// At most 2^26 - 1 messages in a campaign.
    package static let numberBits: Int64 = 26
    package static let maximumNumber: Int64 = 1 << numberBits - 1

    /// The id of message `number` (1-based) of the campaign with the short number `campaign`.
    package static func make(campaign: Int64, number: Int64) -> Int64 {
        campaign << numberBits + number
    }

    /// All ids a campaign's messages can have.
    package static func range(ofCampaign campaign: Int64) -> ClosedRange<Int64> {
        make(campaign: campaign, number: 1)...make(campaign: campaign, number: maximumNumber)
    }

    /// The Message-ID header of an email, without angle brackets: the same for every copy of it.
    ///
    /// Its right side is the sender's domain, which a campaign never changes.
    package static func header(id: Int64, campaignID: String, sender: String) -> String {
        header(id: id, campaignID: campaignID, sender: try? Mailbox(sender))
    }

    /// The same where the sender was read before.
    package static func header(id: Int64, campaignID: String, sender: Mailbox?) -> String {
        "\(id).\(campaignID)@\(sender?.address.domain ?? "campaignd.invalid")"
    }

    /// The short number of the campaign a message belongs to.
    package static func campaign(of id: Int64) -> Int64 { id >> numberBits }
}

/// One counter of a campaign: messages by channel, state and detail.
package struct MessageCount: Sendable, Equatable {
    package var channel: Channel
    package var state: MessageState
    /// The fault of failed ones, the exclusion of those skipped at build, otherwise empty.
    package var detail: String
    package var count: Int64

    /// Whether they were built: not if they were skipped before there was a message.
    package var isBuilt: Bool { state != .skipped || detail.isEmpty }

    /// Makes a value of its parts.
    package init(channel: Channel, state: MessageState, detail: String, count: Int64) {
        self.channel = channel
        self.state = state
        self.detail = detail
        self.count = count
    }
}
