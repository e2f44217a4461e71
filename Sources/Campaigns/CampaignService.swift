package import JobQueue

/// The use cases that routes and commands call; every rule that is not a transaction lives here.
///
/// All calls block until what they did is durable, and may come from any thread.
package final class CampaignService: Sendable {
    package let store: any CampaignStore
    package let clock: any EngineClock
    package let settings: ServiceSettings
    /// The links by which recipients opt out; nil where nobody could follow them.
    package let links: UnsubscribeLinks?
    /// The words by which recipients stop and start text messages.
    package let words: ConsentWords
    private let minter = ObjectIDMinter()

    /// Makes the service of one store.
    package init(
        store: any CampaignStore,
        clock: any EngineClock,
        settings: ServiceSettings,
        links: UnsubscribeLinks? = nil,
        words: ConsentWords = .standard
    ) {
        self.store = store
        self.clock = clock
        self.settings = settings
        self.links = links
        self.words = words
    }
}

/// What of the configuration the use cases need.
package struct ServiceSettings: Sendable {
    /// Attempts of a job where the order names none.
    package var maxAttempts: Int
    /// The region of phone numbers without a country code.
    package var region: String
    /// The account of campaigns whose order names none.
    package var defaultAccount: String
    /// The accounts of other servers.
    package var remoteAccounts: [String]
    /// The URL below which recipients' links lie; nil where there are none.
    package var publicURL: String?

    /// Makes settings.
    package init(
        maxAttempts: Int = 20,
        region: String = "US",
        defaultAccount: String = CampaignService.localAccount,
        remoteAccounts: [String] = [],
        publicURL: String? = nil
    ) {
        self.maxAttempts = maxAttempts
        self.region = region
        self.defaultAccount = defaultAccount
        self.remoteAccounts = remoteAccounts
        self.publicURL = publicURL
    }
}

/// On whose behalf a call is made.
package enum Caller: Sendable, Equatable {
    /// Sees and changes everything.
    case `operator`
    /// Sees and changes this user's campaigns only.
    case user(String)

    /// Somebody outside, unknown by name: owns nothing, so sees and changes nothing by this alone.
    package static let nobody = Caller.user("")

    /// The user's id, or nil for the operator.
    package var userID: String? {
        switch self {
        case .operator: nil
        case .user(let id): id
        }
    }
}

/// Why a use case refused or failed.
package enum ServiceError: Error, Sendable, Equatable {
    /// The request is malformed: nothing was looked up.
    case malformed([FieldFault])
    /// What the request names is missing, deleted or unfit.
    case unprocessable([FieldFault])
    /// The same for one of several entries, by index.
    case unprocessableEntries([EntryFault])
    /// The key was used for another request.
    case keyConflict(index: Int)
    case store(StoreError)
}

// MARK: Campaigns

extension CampaignService {
    /// One order and its idempotency key.
    package struct Request: Sendable {
        package var order: CampaignOrder
        package var replaces: ObjectID?
        package var key: IdempotencyKey?
        /// What carries the campaign; nil: the default account.
        package var account: String?

        /// Makes a request.
        package init(
            order: CampaignOrder,
            replaces: ObjectID? = nil,
            key: IdempotencyKey? = nil,
            account: String? = nil
        ) {
            self.order = order
            self.replaces = replaces
            self.key = key
            self.account = account
        }
    }

    /// The most orders one call takes.
    package static let maximumBulk = 100_000

    /// Stores campaigns with their first jobs, all or none.
    package func enqueue(_ requests: [Request], as caller: Caller) throws(ServiceError)
        -> [AcceptedJob]
    {
        let now = clock.now
        try checkAccounts(of: requests)
        let entries = requests.map { request in
            OrderEntry(
                order: request.order,
                campaignID: minter.mint(at: now),
                replaces: request.replaces,
                userID: caller.userID,
                account: request.account ?? settings.defaultAccount,
                maxAttempts: request.order.maxAttempts ?? settings.maxAttempts,
                key: request.key
            )
        }
        return try accepted { () throws(StoreError) in
            try store.accept(entries, now: now, wall: clock.wall)
        }
    }

    /// Enqueues the next step of a campaign.
    package func advance(
        _ id: ObjectID,
        to step: CampaignStep,
        date: Timestamp?,
        priority: Int?,
        maxAttempts: Int?,
        key: IdempotencyKey?,
        as caller: Caller
    ) throws(ServiceError) -> AcceptedJob {
        let advance = CampaignAdvance(
            campaignID: id.description,
            owner: caller.userID,
            step: step,
            date: date,
            priority: priority,
            maxAttempts: maxAttempts ?? settings.maxAttempts,
            key: key
        )
        let jobs = try accepted { () throws(StoreError) in
            try store.advance(advance, now: clock.now)
        }
        guard let job = jobs.first else { throw .store(.notFound("campaign", id.description)) }
        return job
    }

    /// The campaign; not found too where it is another user's.
    package func campaign(_ id: ObjectID, as caller: Caller) throws(ServiceError) -> Campaign {
        let campaign = try stored { () throws(StoreError) in
            try store.campaign(id.description, owner: caller.userID)
        }
        guard let campaign else { throw .store(.notFound("campaign", id.description)) }
        return campaign
    }

    /// A page of campaigns, newest first.
    package func campaigns(
        matching filter: CampaignFilter,
        page: Int,
        limit: Int,
        as caller: Caller
    ) throws(ServiceError) -> CampaignPage {
        var filter = filter
        if let user = caller.userID { filter.userID = user }
        return try stored { [filter] () throws(StoreError) in
            try store.campaigns(matching: filter, page: page, limit: limit)
        }
    }

    /// Starts no new message of the campaign, and holds its job.
    package func pause(_ id: ObjectID, as caller: Caller) throws(ServiceError) {
        try stored { () throws(StoreError) in
            try store.pauseCampaign(id.description, owner: caller.userID, now: clock.now)
        }
    }

    /// Gives a campaign a rate of its own on each of its channels; nil takes it away.
    package func setRate(_ perSecond: Double?, ofCampaign id: ObjectID, as caller: Caller)
        throws(ServiceError)
    {
        try stored { () throws(StoreError) in
            try store.setRate(
                perSecond,
                ofCampaign: id.description,
                owner: caller.userID,
                now: clock.now
            )
        }
    }

    /// Goes on where ``pause(_:as:)`` stopped.
    package func resume(_ id: ObjectID, as caller: Caller) throws(ServiceError) {
        try stored { () throws(StoreError) in
            try store.resumeCampaign(id.description, owner: caller.userID, now: clock.now)
        }
    }

    /// Calls the campaign off; on return no new message of it starts.
    package func cancel(_ id: ObjectID, as caller: Caller) throws(ServiceError) {
        try stored { () throws(StoreError) in
            try store.cancelCampaign(id.description, owner: caller.userID, now: clock.now)
        }
        try sweepCancelled()
    }

    /// Moves the rows of cancelled campaigns, in chunks between which others commit.
    package func sweepCancelled() throws(ServiceError) {
        try stored { () throws(StoreError) in
            while try store.sweepCancelled(limit: Self.chunk, now: clock.now) {}
        }
    }

    /// The account of the embedded engine.
    package static let localAccount = "local"
    /// Rows one transaction moves at most (DESIGN section 5).
    static let chunk = 1_000
}

// MARK: Messages and jobs

extension CampaignService {
    /// A campaign's messages above an id, ascending.
    package func messages(
        matching filter: MessageFilter,
        after: Int64,
        limit: Int,
        as caller: Caller
    ) throws(ServiceError) -> [Message] {
        if let id = ObjectID(filter.campaignID) { _ = try campaign(id, as: caller) }
        return try stored { () throws(StoreError) in
            try store.messages(matching: filter, after: after, limit: limit)
        }
    }

    /// Does `action` to the messages named, in chunks.
    package func operate(
        _ action: MessageAction,
        onMessages ids: [Int64],
        as caller: Caller
    ) throws(ServiceError) -> [MessageActionResult] {
        var results: [MessageActionResult] = []
        for chunk in ids.chunks(of: Self.chunk) {
            results += try stored { () throws(StoreError) in
                try store.operate(
                    action,
                    onMessages: chunk,
                    owner: caller.userID,
                    now: clock.now
                )
            }
        }
        return results
    }

    /// Does `action` to the jobs named, in chunks.
    package func operate(_ action: JobAction, onJobs ids: [Int64]) throws(ServiceError)
        -> [JobActionResult]
    {
        var results: [JobActionResult] = []
        for chunk in ids.chunks(of: Self.chunk) {
            results += try stored { () throws(StoreError) in
                try store.operate(action, on: chunk, now: clock.now)
            }
        }
        if action == .cancel { try sweepCancelled() }
        return results
    }
}

// MARK: Templates and lists

extension CampaignService {
    /// Compiles and stores a template or a new version of one.
    package func putTemplate(
        _ order: TemplateOrder,
        keeping: AnswerKeeping<Template>? = nil
    ) throws(ServiceError) -> Template {
        do {
            _ = try CompiledTemplate(
                channel: order.channel,
                subject: order.content.subject,
                text: order.content.text,
                html: order.content.html
            )
        } catch {
            throw .unprocessable([FieldFault(error)])
        }
        let now = clock.now
        return try stored { () throws(StoreError) in
            try store.putTemplate(
                order,
                newID: minter.mint(at: now),
                now: now,
                keeping: keeping
            )
        }
    }

    /// Opens an import; `id` nil makes a list.
    package func beginImport(_ order: ImportOrder) throws(ServiceError) -> ListImport {
        let now = clock.now
        return try stored { () throws(StoreError) in
            try store.beginImport(order, newID: minter.mint(at: now), now: now)
        }
    }

    /// Runs a read or write of the store, with its error as ours.
    package func stored<Result>(_ body: () throws(StoreError) -> Result) throws(ServiceError)
        -> Result
    {
        do { return try body() } catch { throw .store(error) }
    }

    /// An id for something new.
    func mintID() -> ObjectID { minter.mint(at: clock.now) }

    func accepted(_ body: () throws(StoreError) -> AcceptResult) throws(ServiceError)
        -> [AcceptedJob]
    {
        switch try stored(body) {
        case .accepted(let jobs): return jobs
        case .invalid(let faults): throw .unprocessableEntries(faults)
        case .keyConflict(let index): throw .keyConflict(index: index)
        }
    }
}

extension Array {
    /// Consecutive parts of at most `size` elements.
    fileprivate func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
