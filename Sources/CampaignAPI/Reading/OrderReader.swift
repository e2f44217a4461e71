import APITypes
import Campaigns
import JobQueue

/// What `POST /api/jobs`, or a line of a bulk request, asks for.
struct Enqueue {
    /// What is to be carried on.
    enum Target {
        /// A campaign to make, or a DRAFT to replace, and how far to carry it.
        case draft(CampaignDraft, until: CampaignStep)
        /// The next step of a campaign that is there.
        case step(CampaignStep, of: ObjectID)

        /// How far the campaign is to be carried.
        var lastStep: CampaignStep {
            switch self {
            case .draft(_, let until): until
            case .step(let step, _): step
            }
        }
    }

    var target: Target
    var schedule: Schedule
    /// A line's own key.
    var key: String?
    /// What carries a new campaign; nil: the default account.
    var account: String?
    /// A new campaign's own rate; nil: none.
    var ratePerSecond: Double?
}

extension Enqueue {
    /// What the service is asked for to make the campaign, or to replace the draft.
    func request(
        for draft: CampaignDraft,
        until: CampaignStep,
        key: IdempotencyKey?
    ) -> CampaignService.Request {
        CampaignService.Request(
            order: draft.order(until: until, schedule, ratePerSecond: ratePerSecond),
            replaces: draft.replaces,
            key: key,
            account: account
        )
    }
}

/// When and how urgently a step is to run.
struct Schedule {
    var date: Timestamp?
    var priority: Int?
    var maxAttempts: Int?

    static let maxAttemptsRange = 1...1_000
}

/// Reads the members around a spec: `until`, `at`, `in`, `priority`, `maxAttempts`, `account`,
/// `ratePerSecond`.
struct OrderReader {
    private var object: ObjectReader
    private let region: PhoneNumber.Region
    private let wall: Timestamp

    /// Makes a reader of the object; `wall` is the date that `in` is measured from.
    init(_ object: ObjectReader, region: PhoneNumber.Region, wall: Timestamp) {
        self.object = object
        self.region = region
        self.wall = wall
    }

    /// What a single request asks for: a draft or a step; nil after any fault.
    mutating func single() -> Enqueue? {
        let isStep = object.value("campaignId") != nil
        return read(key: nil) { reader in isStep ? reader.step() : reader.draft() }
    }

    /// What a line of a bulk request asks for: a draft, perhaps with a key; nil after any fault.
    mutating func line() -> Enqueue? {
        let key = object.string("idempotencyKey")
        if let key, let fault = KeyRule.fault(of: key) { object.fault("idempotencyKey", fault) }
        return read(key: key) { reader in reader.draft() }
    }

    private mutating func read(
        key: String?,
        target: (inout OrderReader) -> Enqueue.Target?
    ) -> Enqueue? {
        let schedule = schedule()
        let target = target(&self)
        let account = object.string("account")
        if account != nil, case .step? = target {
            object.fault("account", "is the campaign's own; it is given with a spec only")
        }
        let rate = object.number("ratePerSecond", in: RateLimit.range)
        if rate != nil, case .step(_, let id)? = target {
            object.fault(
                "ratePerSecond",
                "is given with a spec; later PUT /api/campaign/\(id)/rate sets it"
            )
        }
        object.finish()
        guard object.faults.faults.isEmpty, let target else { return nil }
        return Enqueue(
            target: target,
            schedule: schedule,
            key: key,
            account: account,
            ratePerSecond: rate
        )
    }

    private mutating func draft() -> Enqueue.Target? {
        let until = object.choice("until", of: CampaignStep.self) ?? .send
        guard let spec = object.object("spec", required: true) else { return nil }
        var reader = SpecReader(spec, region: region)
        return reader.draft().map { .draft($0, until: until) }
    }

    private mutating func step() -> Enqueue.Target? {
        let id = object.objectID("campaignId", required: true)
        let step = object.choice("kind", of: NextStep.self, required: true)
        guard let id, let step else { return nil }
        return .step(step.step, of: id)
    }

    private mutating func schedule() -> Schedule {
        var schedule = Schedule()
        schedule.priority = object.integer("priority", in: JobPriority.range)
        schedule.maxAttempts = object.integer("maxAttempts", in: Schedule.maxAttemptsRange)
        let at = object.string("at")
        let delay = object.string("in")
        if at != nil, delay != nil { object.fault("in", "stands beside at; give one of them") }
        if let at {
            schedule.date = Timestamp(rfc3339: at)
            if schedule.date == nil {
                object.fault("at", "must be an RFC 3339 date such as 2025-08-28T20:02:20Z")
            }
        }
        if let delay {
            schedule.date = Duration(spelled: delay).map { wall + $0 }
            if schedule.date == nil { object.fault("in", Duration.rule) }
        }
        return schedule
    }
}

extension CampaignDraft {
    /// The order for this draft.
    func order(
        until: CampaignStep,
        _ schedule: Schedule,
        ratePerSecond: Double? = nil
    ) -> CampaignOrder {
        CampaignOrder(
            spec: spec,
            until: until,
            date: schedule.date,
            priority: schedule.priority ?? JobPriority.standard,
            maxAttempts: schedule.maxAttempts,
            ratePerSecond: ratePerSecond
        )
    }
}

/// The steps that are asked for one by one.
private enum NextStep: String, CaseIterable {
    case build, send

    var step: CampaignStep {
        switch self {
        case .build: .build
        case .send: .send
        }
    }
}

extension Duration {
    /// Reads `500ms`, `30s`, `10m`, `4h` or `2d`, up to ten years; nil for anything else.
    init?(spelled text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let scales: [Substring: Int64] = [
            "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
        ]
        guard let count = Int64(digits), let scale = scales[text.dropFirst(digits.count)],
            count <= Self.longestMilliseconds / scale
        else { return nil }
        self = .milliseconds(count * scale)
    }

    /// What a duration must look like, for messages.
    static var rule: String { "must be a duration such as 500ms, 30s, 10m, 4h or 2d" }

    private static var longestMilliseconds: Int64 { 3_650 * 86_400_000 }
}
