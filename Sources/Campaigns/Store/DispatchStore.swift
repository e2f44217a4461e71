package import JobQueue

/// What a dispatcher reads and writes.
package protocol DispatchStore: Sendable {
    /// Records what carries each channel; a death's in-flight messages are judged by it.
    func configureTransports(_ transports: [TransportRecord]) throws(StoreError)

    /// Campaigns that are SENDING and have open messages on `channel`.
    func sendingCampaigns(on channel: Channel) throws(StoreError) -> [SendingCampaign]

    /// The throttles on `channel` as the last exchange left them, without the limits of today.
    func throttles(on channel: Channel) throws(StoreError) -> [ThrottleScope: Throttle]

    /// One exchange of a dispatcher, in one transaction: records outcomes, then claims.
    ///
    /// A claim takes no more than the throttles it is handed allow, and keeps them as it leaves
    /// them. The bucket of all channels is not handed: it is read and kept in the transaction.
    ///
    /// A claim makes its messages durably `inflight`; when the last open message of a campaign is
    /// settled its status and its send job are ended here too. The completion runs after the
    /// commit, on a queue of the store's.
    func dispatch(
        _ exchange: DispatchExchange,
        completion: @escaping @Sendable (Result<DispatchBatch, StoreError>) -> Void
    )

    /// Records what a provider shows of a message that was `unknown`, then takes the next one on
    /// `channel` that it is to be asked about.
    ///
    /// Taking one counts, before the provider is asked: a message is asked about a few times in all,
    /// whatever comes of it. The completion runs after the commit, on a queue of the store's.
    func inquire(
        _ answer: InquiryAnswer?,
        on channel: Channel,
        now: Timestamp,
        completion: @escaping @Sendable (Result<InquiryTurn, StoreError>) -> Void
    )
}

/// What carries a channel.
package struct TransportRecord: Sendable, Equatable {
    package var channel: Channel
    package var kind: String
    package var inDoubt: InDoubtPolicy
    /// Whether its provider can be asked what became of a message.
    package var canBeAsked: Bool

    /// Makes a record.
    package init(
        channel: Channel,
        kind: String,
        inDoubt: InDoubtPolicy,
        canBeAsked: Bool = false
    ) {
        self.channel = channel
        self.kind = kind
        self.inDoubt = inDoubt
        self.canBeAsked = canBeAsked
    }

    /// The record of the transport that carries the channel.
    package init(_ transport: any MessageTransport, on channel: Channel) {
        self.init(
            channel: channel,
            kind: transport.kind,
            inDoubt: transport.inDoubt,
            canBeAsked: transport.register(of: channel) != nil
        )
    }
}

/// A campaign as a dispatcher serves it; nothing in it changes while it is sent.
package struct SendingCampaign: Sendable {
    package var seq: Int64
    package var id: String
    package var priority: Int
    package var channel: Channel
    package var sender: String
    package var content: TemplateContent
    /// The campaign's own rate; nil where it has none.
    package var rate: RateLimit?

    /// Makes a campaign.
    package init(
        seq: Int64,
        id: String,
        priority: Int,
        channel: Channel,
        sender: String,
        content: TemplateContent,
        rate: RateLimit? = nil
    ) {
        self.seq = seq
        self.id = id
        self.priority = priority
        self.channel = channel
        self.sender = sender
        self.content = content
        self.rate = rate
    }
}

/// What a dispatcher hands the store in one turn, and what it asks for.
package struct DispatchExchange: Sendable {
    package var channel: Channel
    package var ended: [EndedMessage]
    package var claims: [MessageQuota]
    /// The throttles that the claims name, and others to keep; nil: to forget.
    package var throttles: [ThrottleScope: Throttle?]
    /// The rate that the claims of all channels keep together; nil: there is none.
    package var globalLimit: RateLimit?
    /// The hours in which the channel's recipients get nothing; nil: there are none.
    package var quietHours: QuietHours?
    package var now: Timestamp
    /// The date, for quiet hours.
    package var wall: Timestamp

    /// Makes an exchange.
    package init(
        channel: Channel,
        ended: [EndedMessage],
        claims: [MessageQuota],
        throttles: [ThrottleScope: Throttle?] = [:],
        globalLimit: RateLimit? = nil,
        quietHours: QuietHours? = nil,
        now: Timestamp,
        wall: Timestamp
    ) {
        self.channel = channel
        self.ended = ended
        self.claims = claims
        self.throttles = throttles
        self.globalLimit = globalLimit
        self.quietHours = quietHours
        self.now = now
        self.wall = wall
    }
}

/// How many messages of a campaign to claim.
package struct MessageQuota: Sendable, Equatable {
    package var campaign: Int64
    package var limit: Int
    /// Whether to take one suspect, a message that was in flight at a death, beside them.
    package var takesSuspect: Bool
    /// What holds the campaign's messages back; empty where nothing does.
    package var throttles: [ThrottleScope]

    /// Makes a quota.
    package init(
        campaign: Int64,
        limit: Int,
        takesSuspect: Bool,
        throttles: [ThrottleScope] = []
    ) {
        self.campaign = campaign
        self.limit = limit
        self.takesSuspect = takesSuspect
        self.throttles = throttles
    }
}

/// What came of an exchange.
package struct DispatchBatch: Sendable {
    package var messages: [ClaimedMessage]
    /// What is left of each campaign claimed from.
    package var lanes: [Int64: LaneReport]
    /// Messages whose claim no longer held when their end was reported.
    package var lost: [Int64]
    /// The bucket of all channels as the claims left it; nil where there is none.
    package var globalThrottle: Throttle?

    /// Makes a batch.
    package init(messages: [ClaimedMessage], lanes: [Int64: LaneReport], lost: [Int64]) {
        self.messages = messages
        self.lanes = lanes
        self.lost = lost
    }
}

/// What is left of a campaign on a channel after a claim.
package struct LaneReport: Sendable, Equatable {
    /// Whether the campaign still is SENDING.
    package var isSending: Bool
    /// When its next message is due; nil if none waits.
    ///
    /// Not after `now`: more is ready.
    package var nextDue: Timestamp?
    package var hasSuspects: Bool

    /// Makes a report.
    package init(isSending: Bool, nextDue: Timestamp?, hasSuspects: Bool) {
        self.isSending = isSending
        self.nextDue = nextDue
        self.hasSuspects = hasSuspects
    }
}

/// A message durably in flight.
package struct ClaimedMessage: Sendable, Equatable {
    package var id: Int64
    package var campaign: Int64
    package var recipient: String
    package var variables: [String: String]
    /// Attempts whose outcome is known.
    package var attempts: Int
    package var firstAttemptAt: Timestamp
    package var isSuspect: Bool
    /// Whether it may have been sent before.
    package var isInDoubt: Bool
    /// Of an SMS, otherwise one: as many tokens it takes.
    package var parts: Int
    /// The date at which the recipient's quiet hours begin; nil: there are none.
    package var leavesBefore: Timestamp?

    /// Makes a message.
    package init(
        id: Int64,
        campaign: Int64,
        recipient: String,
        variables: [String: String],
        attempts: Int,
        firstAttemptAt: Timestamp,
        isSuspect: Bool,
        isInDoubt: Bool,
        parts: Int,
        leavesBefore: Timestamp? = nil
    ) {
        self.id = id
        self.campaign = campaign
        self.recipient = recipient
        self.variables = variables
        self.attempts = attempts
        self.firstAttemptAt = firstAttemptAt
        self.isSuspect = isSuspect
        self.isInDoubt = isInDoubt
        self.parts = parts
        self.leavesBefore = leavesBefore
    }
}

/// The end of one flight.
package struct EndedMessage: Sendable {
    package var id: Int64
    package var ending: MessageEnding

    /// Makes the end of a flight.
    package init(id: Int64, ending: MessageEnding) {
        self.id = id
        self.ending = ending
    }
}

/// What becomes of a message when its flight ends.
package enum MessageEnding: Sendable, Equatable {
    case sent(Delivery)
    case deferred(until: Timestamp, reply: String)
    /// Not its turn yet, by no fault of its own: nothing is spent.
    case postponed(until: Timestamp, reply: String)
    /// With a reason, nothing is to be sent to the recipient again: both are recorded, or neither.
    case failed(MessageFault, reply: String, suppressing: SuppressionReason? = nil)
    /// The reply was lost after the last byte had left: the channel's policy decides.
    case inDoubt(evidence: String)
    /// Certainly not delivered, and nothing is spent: ready again.
    case givenBack
    /// The sender was refused: ready again, and the campaign is paused with the reply.
    case senderRefused(reply: String)

    /// Whether the other side said something final about the message.
    var isSettled: Bool {
        switch self {
        case .sent, .failed: true
        case .deferred, .postponed, .inDoubt, .givenBack, .senderRefused: false
        }
    }
}
