import Campaigns
import JobQueue

/// Where a message goes when its flight ends other than by being sent.
struct Landing {
    private(set) var facts: FlightFacts
    var state: MessageState = .ready
    private(set) var spent = 0
    private(set) var newDoubts = 0
    private(set) var crashes: Int
    private(set) var isSuspect: Bool
    private(set) var due: Int64
    private(set) var fault: MessageFault?
    private(set) var reply: String?
    /// Whether its provider is to be asked what became of it.
    private(set) var isToBeAsked = false

    init(_ facts: FlightFacts) {
        self.facts = facts
        crashes = facts.crashes
        isSuspect = facts.isSuspect
        due = facts.due
    }

    /// Refused for now, by an answer about this message.
    mutating func `defer`(until: Timestamp, reply: String) {
        state = .deferred
        spent = 1
        due = max(1, until.milliseconds)
        crashes = 0
        isSuspect = false
        self.reply = reply
    }

    /// To be sent later by no fault of its own: nothing spent.
    mutating func postpone(until: Timestamp, reply: String) {
        `defer`(until: until, reply: reply)
        spent = 0
    }

    /// Refused for good, or given up.
    mutating func fail(_ fault: MessageFault, reply: String) {
        state = .failed
        spent = 1
        isSuspect = false
        self.fault = fault
        self.reply = reply
    }

    /// Certainly not delivered: as it was before, nothing spent.
    mutating func giveBack(reply: String? = nil) {
        state = due > 0 ? .deferred : .ready
        self.reply = reply
    }

    /// The reply was lost after the last byte had left.
    mutating func doubt(_ rule: DoubtRule, now: Timestamp, evidence: String) {
        newDoubts = rule.policy == .repeatable ? 0 : 1
        spent = newDoubts
        reply = evidence
        due = 0
        isSuspect = false
        switch rule.policy {
        case .repeatable: state = .ready
        case .resend where facts.doubts == 0 && rule.canBeAsked:
            state = .deferred
            due = (now + Self.settleTime).milliseconds
        case .resend where facts.doubts == 0: state = .ready
        case .resend, .hold: state = .unknown
        }
        isToBeAsked = state == .unknown && rule.canBeAsked
    }

    /// The daemon died while it was in flight.
    mutating func crash(_ rule: DoubtRule, now: Timestamp, evidence: String) {
        doubt(rule, now: now, evidence: evidence)
        crashes += 1
        isSuspect = state.isOpen
        guard crashes >= Self.crashLimit, state.isOpen else { return }
        state = .unknown
        isSuspect = false
        due = 0
        reply = "crash-loop: the daemon died \(crashes) times while this message was in flight"
    }

    /// How long a provider may still be at work on a request whose connection was lost: what it shows
    /// of a message before that is no reason to send it again.
    static let settleTime: Duration = .seconds(30)
    /// Deaths of the daemon that put a message aside (DESIGN section 5).
    static let crashLimit = 3
}

/// What a landing depends on.
struct FlightFacts {
    var channel: Channel
    var doubts: Int
    var crashes: Int
    /// 0 unless it had been deferred.
    var due: Int64
    var isSuspect: Bool
    var recipient: String
}

/// What becomes of a channel's messages in doubt.
struct DoubtRule {
    var policy: InDoubtPolicy
    /// Whether the provider can be asked for them.
    var canBeAsked: Bool

    /// The rule for messages that the provider has reported on already: they are not sent again.
    var holding: DoubtRule { DoubtRule(policy: .hold, canBeAsked: canBeAsked) }

    /// The rule where none is known.
    static let unknown = DoubtRule(policy: .hold, canBeAsked: false)
}

extension Queryable {
    /// What is known of a message in flight.
    func flightFacts(_ id: Int64) throws -> FlightFacts? {
        try first(CampaignSQL.flightFacts, id) { row in
            FlightFacts(
                channel: Channel(stored: row.text(0)),
                doubts: row.int(1),
                crashes: row.int(2),
                due: row.int64(3),
                isSuspect: row.bool(4),
                recipient: row.text(5)
            )
        }
    }

    /// What becomes of messages in doubt, by channel, as the last daemon was configured.
    func doubtRules() throws -> [Channel: DoubtRule] {
        var rules: [Channel: DoubtRule] = [:]
        try query(CampaignSQL.doubtRules) { row in
            guard let policy = InDoubtPolicy(rawValue: row.text(1)) else { return }
            rules[Channel(stored: row.text(0))] = DoubtRule(
                policy: policy,
                canBeAsked: row.bool(2)
            )
        }
        return rules
    }
}

extension Transaction {
    /// Writes a landing; false where the message is no longer in flight under the epoch.
    func land(_ landing: Landing, _ id: Int64, by ledger: JobLedger, epoch: Int64? = nil) throws
        -> Bool
    {
        let changes = try run(
            CampaignSQL.endFlight,
            landing.state,
            landing.spent,
            landing.newDoubts,
            landing.crashes,
            landing.isSuspect,
            landing.due,
            landing.fault,
            ledger.now,
            landing.reply?.cut(toBytes: 500),
            id,
            epoch ?? ledger.store.epoch
        )
        if changes == 1, landing.isToBeAsked {
            try run(InquirySQL.add, id, landing.facts.channel, ledger.now)
        }
        return changes == 1
    }
}
