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
    mutating func doubt(_ policy: InDoubtPolicy, evidence: String) {
        newDoubts = policy == .repeatable ? 0 : 1
        spent = newDoubts
        reply = evidence
        due = 0
        isSuspect = false
        switch policy {
        case .repeatable: state = .ready
        case .hold: state = .unknown
        case .resend: state = facts.doubts == 0 ? .ready : .unknown
        }
    }

    /// The daemon died while it was in flight.
    mutating func crash(_ policy: InDoubtPolicy, evidence: String) {
        doubt(policy, evidence: evidence)
        crashes += 1
        isSuspect = state == .ready
        guard crashes >= Self.crashLimit, state == .ready else { return }
        state = .unknown
        isSuspect = false
        reply = "crash-loop: the daemon died \(crashes) times while this message was in flight"
    }

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
                isSuspect: row.bool(4)
            )
        }
    }

    /// What becomes of messages in doubt, by channel, as the last daemon was configured.
    func inDoubtPolicies() throws -> [Channel: InDoubtPolicy] {
        var policies: [Channel: InDoubtPolicy] = [:]
        try query(CampaignSQL.inDoubtPolicies) { row in
            policies[Channel(stored: row.text(0))] = InDoubtPolicy(rawValue: row.text(1))
        }
        return policies
    }
}

extension Transaction {
    /// Writes a landing; false where the message is no longer in flight under the epoch.
    func land(_ landing: Landing, _ id: Int64, by ledger: JobLedger, epoch: Int64? = nil) throws
        -> Bool
    {
        try run(
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
        ) == 1
    }
}
