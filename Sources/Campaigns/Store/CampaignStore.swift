package import JobQueue

/// Where campaigns, templates, contact lists and messages are kept.
///
/// Every write is durable when it returns or calls back; a campaign and its job move in one
/// transaction. Time is passed in. `owner` limits a call to one user's campaigns; nil is the
/// operator, who sees all. All calls may come from any thread.
package protocol CampaignStore:
    JobStore, TemplateStore, ContactStore, SuppressionStore, BuildStore, PreviewStore,
    DispatchStore, RemoteStore, UpkeepStore, MonitorStore, ReceiptStore, NoticeStore
{
    /// Stores campaigns and their first jobs, all or none.
    func accept(_ entries: [OrderEntry], now: Timestamp, wall: Timestamp) throws(StoreError)
        -> AcceptResult

    /// Enqueues the next step of a campaign that rests in the status before it.
    func advance(_ advance: CampaignAdvance, now: Timestamp) throws(StoreError) -> AcceptResult

    /// Stores a test with its send job.
    func acceptTest(_ test: TestSend, now: Timestamp) throws(StoreError) -> AcceptResult

    /// The campaign, or nil.
    func campaign(_ id: String, owner: String?) throws(StoreError) -> Campaign?

    /// The id of the campaign's newest job, or nil.
    func newestJob(ofCampaign id: String) throws(StoreError) -> Job?

    /// Page `page` (from 1) of the campaigns that match, newest first.
    func campaigns(matching filter: CampaignFilter, page: Int, limit: Int) throws(StoreError)
        -> CampaignPage

    /// Holds the campaign's job; a sending campaign becomes PAUSED and starts no new message.
    func pauseCampaign(_ id: String, owner: String?, now: Timestamp) throws(StoreError)

    /// Makes the held job available again; a paused campaign goes on sending.
    func resumeCampaign(_ id: String, owner: String?, now: Timestamp) throws(StoreError)

    /// Commits CANCELLED at once; what is in flight keeps its outcome, other rows follow by
    /// ``sweepCancelled(limit:now:)``.
    func cancelCampaign(_ id: String, owner: String?, now: Timestamp) throws(StoreError)

    /// Gives the campaign a rate of its own on each of its channels, or takes it away; a campaign
    /// that is being sent keeps to it at once.
    func setRate(_ perSecond: Double?, ofCampaign id: String, owner: String?, now: Timestamp)
        throws(StoreError)

    /// The campaign's own rate in messages a second, or nil.
    func rate(ofCampaign id: String) throws(StoreError) -> Double?

    /// When the last of a campaign's open messages may be tried, by channel.
    func lastDue(ofCampaign id: String) throws(StoreError) -> [Channel: Timestamp]

    /// Moves up to `limit` open messages of cancelled campaigns; false when none is left.
    func sweepCancelled(limit: Int, now: Timestamp) throws(StoreError) -> Bool

    /// Makes SENDING durable for the campaign of a claimed send job.
    ///
    /// The job stays running until the last message is settled, when the store ends both.
    func beginSend(_ claim: JobClaim, now: Timestamp) throws(StoreError)

    /// Checks once more what the order named and ends the create job, with its successor.
    ///
    /// Returns the faults found; then nothing was written.
    func finishCreate(_ claim: JobClaim, startedAt: Timestamp, now: Timestamp) throws(StoreError)
        -> [FieldFault]

    /// The answer kept for a key, or nil; see ``keepAnswer(_:forKey:owner:now:)``.
    func keptAnswer(forKey key: String, owner: String?) throws(StoreError) -> KeptAnswer?

    /// Keeps the answer a write got, so that a repeat under the same key gets it again.
    ///
    /// Returns the answer that was there before, which then stays.
    func keepAnswer(_ answer: KeptAnswer, forKey key: String, owner: String?, now: Timestamp)
        throws(StoreError) -> KeptAnswer?

    /// Keeps what the daemon is configured with, for commands that work on the file without one.
    func keepSettings(_ settings: ServiceSettings) throws(StoreError)

    /// What the last daemon was configured with; the defaults before the first.
    func keptSettings() throws(StoreError) -> ServiceSettings

    /// A campaign's messages with ids above `after`, ascending; at most `limit`.
    func messages(matching filter: MessageFilter, after: Int64, limit: Int) throws(StoreError)
        -> [Message]

    /// Does `action` to each message named, in one transaction; at most 1,000 ids.
    ///
    /// `messages retry` on a settled campaign makes it SENDING again with a new send job.
    func operate(_ action: MessageAction, onMessages ids: [Int64], owner: String?, now: Timestamp)
        throws(StoreError) -> [MessageActionResult]
}

/// Templates with immutable versions.
package protocol TemplateStore: Sendable {
    /// Stores a new template under `newID`, or a new version of the one the order names.
    func putTemplate(
        _ order: TemplateOrder,
        newID: ObjectID,
        now: Timestamp,
        keeping: AnswerKeeping<Template>?
    ) throws(StoreError) -> Template

    /// The template, or nil.
    func template(_ id: String) throws(StoreError) -> Template?

    /// One version's text; nil if there is none.
    func templateContent(_ id: String, version: Int) throws(StoreError) -> TemplateContent?

    /// Templates with ids below `before`, newest first; deleted ones are left out.
    func templates(channel: Channel?, before: String?, limit: Int) throws(StoreError) -> [Template]

    /// Deletes softly; what was built from it is not touched.
    func deleteTemplate(_ id: String, now: Timestamp) throws(StoreError)
}

/// Contact lists, append-only under revisions.
package protocol ContactStore: Sendable {
    /// Opens an import into a new list (`id` nil, then `newID`) or an existing one.
    ///
    /// Only one import into a list at a time; what it stages is seen by nobody before
    /// ``finishImport(_:now:keeping:)``, and what a dead process left unfinished is removed at the start.
    func beginImport(_ order: ImportOrder, newID: ObjectID, now: Timestamp) throws(StoreError)
        -> ListImport

    /// Stages contacts: one whose address is in the list replaces it. At most 1,000.
    func stage(_ contacts: [NewContact], in listImport: ListImport) throws(StoreError)

    /// Makes the staged contacts appear, all at once.
    func finishImport(
        _ listImport: ListImport,
        now: Timestamp,
        keeping: AnswerKeeping<ContactList>?
    ) throws(StoreError) -> ContactList

    /// Removes what was staged, and the list if it was new.
    func abandonImport(_ listImport: ListImport) throws(StoreError)

    /// The list, or nil.
    func contactList(_ id: String) throws(StoreError) -> ContactList?

    /// Lists with ids below `before`, newest first; deleted ones are left out.
    func contactLists(before: String?, limit: Int) throws(StoreError) -> [ContactList]

    /// Deletes softly; a campaign that pinned it goes on.
    func deleteContactList(_ id: String, now: Timestamp) throws(StoreError)
}

/// What is imported where.
package struct ImportOrder: Sendable, Equatable {
    /// Nil: a new list.
    package var id: ObjectID?
    /// Nil keeps the name of an existing list.
    package var name: String?
    package var channel: Channel?

    /// Makes an order.
    package init(id: ObjectID?, name: String?, channel: Channel?) {
        self.id = id
        self.name = name
        self.channel = channel
    }
}

/// An import under way.
package struct ListImport: Sendable, Equatable {
    package var listSeq: Int64
    package var listID: String
    /// The name an existing list gets with it; nil keeps its own.
    package var name: String?
    /// The list's channel, nil when untyped.
    package var channel: Channel?
    /// The revision under which rows are staged.
    package var revision: Int64

    /// Makes an import.
    package init(
        listSeq: Int64,
        listID: String,
        name: String?,
        channel: Channel?,
        revision: Int64
    ) {
        self.listSeq = listSeq
        self.listID = listID
        self.name = name
        self.channel = channel
        self.revision = revision
    }
}

/// A key by which a client's repeats of one request are told from new requests.
package struct IdempotencyKey: Sendable, Equatable {
    package var key: String
    /// Of the request as written; another one under the same key is a conflict.
    package var fingerprint: String

    package static let maximumLength = 255

    /// Makes a key.
    package init(key: String, fingerprint: String) {
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// What a request under a key was, and what it got.
package struct KeptAnswer: Sendable, Equatable {
    package var fingerprint: String
    /// The job it made, where it made one; the answer is then that job as it stands now.
    package var jobID: Int64?
    /// The HTTP status and body otherwise; nil while there is no answer yet.
    package var status: Int?
    package var body: String?

    /// Makes an answer.
    package init(fingerprint: String, jobID: Int64?, status: Int?, body: String?) {
        self.fingerprint = fingerprint
        self.jobID = jobID
        self.status = status
        self.body = body
    }
}

/// A key whose answer is stored with the write that it was given for, or not at all.
package struct AnswerKeeping<Value: Sendable>: Sendable {
    package var key: String
    package var owner: String?
    /// The answer, made of what the write stored.
    package var answer: @Sendable (Value) throws -> KeptAnswer

    /// Makes a keeping.
    package init(
        key: String,
        owner: String?,
        answer: @escaping @Sendable (Value) throws -> KeptAnswer
    ) {
        self.key = key
        self.owner = owner
        self.answer = answer
    }
}

/// One order with what the service adds to it.
package struct OrderEntry: Sendable {
    package var order: CampaignOrder
    /// The new campaign's id.
    package var campaignID: ObjectID
    /// A DRAFT to replace instead of making a new campaign.
    package var replaces: ObjectID?
    package var userID: String?
    package var account: String
    package var maxAttempts: Int
    package var key: IdempotencyKey?

    /// Makes an entry.
    package init(
        order: CampaignOrder,
        campaignID: ObjectID,
        replaces: ObjectID?,
        userID: String?,
        account: String,
        maxAttempts: Int,
        key: IdempotencyKey?
    ) {
        self.order = order
        self.campaignID = campaignID
        self.replaces = replaces
        self.userID = userID
        self.account = account
        self.maxAttempts = maxAttempts
        self.key = key
    }
}

/// A request for a campaign's next step.
package struct CampaignAdvance: Sendable {
    package var campaignID: String
    package var owner: String?
    package var step: CampaignStep
    package var date: Timestamp?
    /// Nil: the campaign's own.
    package var priority: Int?
    package var maxAttempts: Int
    package var key: IdempotencyKey?

    /// Makes a request.
    package init(
        campaignID: String,
        owner: String?,
        step: CampaignStep,
        date: Timestamp?,
        priority: Int?,
        maxAttempts: Int,
        key: IdempotencyKey?
    ) {
        self.campaignID = campaignID
        self.owner = owner
        self.step = step
        self.date = date
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.key = key
    }
}

/// One message of a campaign, to an address of the operator's.
package struct TestSend: Sendable {
    /// The campaign that is tested.
    package var campaignID: String
    package var owner: String?
    /// The test's own campaign.
    package var newID: ObjectID
    /// One channel, with its template's version, and no lists.
    package var spec: CampaignSpec
    package var message: NewMessage
    package var maxAttempts: Int
    package var key: IdempotencyKey?

    /// Makes a test.
    package init(
        campaignID: String,
        owner: String?,
        newID: ObjectID,
        spec: CampaignSpec,
        message: NewMessage,
        maxAttempts: Int,
        key: IdempotencyKey?
    ) {
        self.campaignID = campaignID
        self.owner = owner
        self.newID = newID
        self.spec = spec
        self.message = message
        self.maxAttempts = maxAttempts
        self.key = key
    }
}

/// What came of orders.
package enum AcceptResult: Sendable {
    /// In the order of the entries; `isReplayed` where the key had been used for the same request.
    case accepted([AcceptedJob])
    /// Nothing was stored: the faults of the entries, by index.
    case invalid([EntryFault])
    /// Nothing was stored: the key of the entry was used for another request.
    case keyConflict(index: Int)
}

/// A job and whether it was there already.
package struct AcceptedJob: Sendable, Equatable {
    package var job: Job
    package var isReplayed: Bool

    /// Makes a result.
    package init(job: Job, isReplayed: Bool) {
        self.job = job
        self.isReplayed = isReplayed
    }
}

/// A fault of one of several entries.
package struct EntryFault: Sendable, Equatable {
    package var index: Int
    package var fault: FieldFault

    /// Makes a fault.
    package init(index: Int, fault: FieldFault) {
        self.index = index
        self.fault = fault
    }
}

/// Which messages; every condition that is set must hold.
package struct MessageFilter: Sendable, Equatable {
    package var campaignID: String
    package var state: MessageState?
    package var channel: Channel?

    /// Makes a filter for one campaign.
    package init(campaignID: String, state: MessageState? = nil, channel: Channel? = nil) {
        self.campaignID = campaignID
        self.state = state
        self.channel = channel
    }
}

/// What an operator may do to a message by hand.
package enum MessageAction: Sendable, Equatable {
    /// A failed, bounced or deferred message becomes ready with fresh attempts.
    case retry
    /// An unknown message: it was sent (true), or is to be sent again (false).
    case resolve(wasSent: Bool)
}

/// What came of an action on one message.
package struct MessageActionResult: Sendable, Equatable {
    package var messageID: Int64
    /// The state after the action; nil if there is no such message.
    package var state: MessageState?
    /// Why it was refused; nil if it was done.
    package var refusal: String?

    /// Makes a result.
    package init(messageID: Int64, state: MessageState?, refusal: String?) {
        self.messageID = messageID
        self.state = state
        self.refusal = refusal
    }
}
