package import JobQueue

/// What a build reads and writes; every write re-checks that the job still runs and the campaign
/// still is BUILDING, in its own transaction.
package protocol BuildStore: Sendable {
    /// Makes BUILDING durable and pins template versions and list revisions, or finds what an
    /// earlier attempt pinned and where it stopped.
    ///
    /// Returns the faults found instead (a template or list deleted since); then nothing was written.
    func beginBuild(_ claim: JobClaim, now: Timestamp) throws(StoreError) -> BuildStart

    /// A pinned list's contacts in the order of their address on `channel`, after a position.
    func contacts(of list: BuildList, channel: Channel, after: ContactPosition, limit: Int)
        throws(StoreError) -> [BuildContact]

    /// Stores one chunk (at most 1,000), what was found in it, and the cursor behind it.
    ///
    /// The completion runs after the commit, on a queue of the store's.
    func appendMessages(
        _ messages: [NewMessage],
        findings: [BuildFinding],
        cursor: BuildCursor,
        progress: JobProgress,
        claim: JobClaim,
        campaign: Int64,
        now: Timestamp,
        completion: @escaping @Sendable (Result<Void, StoreError>) -> Void
    )

    /// Freezes the build as BUILD with its digest and ends the job, with its successor.
    ///
    /// Returns how many messages were built; with none, nothing is written.
    func finishBuild(
        _ claim: JobClaim,
        campaign: Int64,
        digest: String,
        startedAt: Timestamp,
        now: Timestamp
    ) throws(StoreError) -> Int64
}

/// How a build begins.
package enum BuildStart: Sendable {
    case plan(BuildPlan)
    case faults([FieldFault])
}

/// What a build makes its messages from; frozen by its first chunk.
package struct BuildPlan: Sendable {
    package var campaign: Int64
    package var campaignID: String
    package var channels: [BuildChannel]
    package var lists: [BuildList]
    package var cursor: BuildCursor

    /// Makes a plan.
    package init(
        campaign: Int64,
        campaignID: String,
        channels: [BuildChannel],
        lists: [BuildList],
        cursor: BuildCursor
    ) {
        self.campaign = campaign
        self.campaignID = campaignID
        self.channels = channels
        self.lists = lists
        self.cursor = cursor
    }
}

/// A channel with its pinned template version.
package struct BuildChannel: Sendable {
    package var channel: Channel
    package var sender: String
    package var templateID: String
    package var version: Int
    package var content: TemplateContent

    /// Makes a channel.
    package init(
        channel: Channel,
        sender: String,
        templateID: String,
        version: Int,
        content: TemplateContent
    ) {
        self.channel = channel
        self.sender = sender
        self.templateID = templateID
        self.version = version
        self.content = content
    }
}

/// A list at its pinned revision.
package struct BuildList: Sendable, Equatable {
    package var seq: Int64
    package var channel: Channel?
    package var revision: Int64
    package var contacts: Int64

    /// Makes a list.
    package init(seq: Int64, channel: Channel?, revision: Int64, contacts: Int64) {
        self.seq = seq
        self.channel = channel
        self.revision = revision
        self.contacts = contacts
    }
}

/// A place in a list's order by address; the start sorts before every contact.
package struct ContactPosition: Sendable, Equatable, Comparable {
    package var key: String
    package var contactID: Int64

    package static let start = ContactPosition(key: "", contactID: 0)

    /// Makes a position.
    package init(key: String, contactID: Int64) {
        self.key = key
        self.contactID = contactID
    }

    /// By the bytes of the key, as SQLite's BINARY collation sorts, then by contact.
    package static func < (left: ContactPosition, right: ContactPosition) -> Bool {
        if left.key == right.key { return left.contactID < right.contactID }
        return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
    }
}

/// A contact as a build reads it.
package struct BuildContact: Sendable, Equatable {
    package var position: ContactPosition
    /// The address on the channel asked for; empty where there is none.
    package var address: String
    package var email: String
    package var phone: String
    package var timezone: String?
    package var variables: [String: String]
    /// Whether it is to get nothing on the channel asked for.
    package var isSuppressed: Bool

    /// Makes a contact.
    package init(
        position: ContactPosition,
        address: String,
        email: String,
        phone: String,
        timezone: String?,
        variables: [String: String],
        isSuppressed: Bool
    ) {
        self.position = position
        self.address = address
        self.email = email
        self.phone = phone
        self.timezone = timezone
        self.variables = variables
        self.isSuppressed = isSuppressed
    }
}

/// Where a build stands: everything a later attempt needs to go on as if nothing had happened.
package struct BuildCursor: Sendable, Equatable {
    /// The channel in hand.
    package var channel: Channel
    /// The last contact taken from each list, in the order of the lists.
    package var positions: [ContactPosition]
    /// The last address taken, for duplicates across lists.
    package var lastKey: String
    /// The last message number given.
    package var number: Int64
    /// The digest of all chunks so far.
    package var digest: String

    /// Makes a cursor.
    package init(
        channel: Channel,
        positions: [ContactPosition],
        lastKey: String,
        number: Int64,
        digest: String
    ) {
        self.channel = channel
        self.positions = positions
        self.lastKey = lastKey
        self.number = number
        self.digest = digest
    }
}

/// A message to store: ready, or skipped for a reason.
package struct NewMessage: Sendable, Equatable {
    package var number: Int64
    package var channel: Channel
    package var recipient: String
    /// Those the template uses.
    package var variables: [String: String]
    package var timezone: String?
    /// Parts of an SMS; 1 otherwise.
    package var parts: Int
    package var exclusion: Exclusion?
    /// What the exclusion is about, as in a render error's text.
    package var note: String?

    /// Makes a message.
    package init(
        number: Int64,
        channel: Channel,
        recipient: String,
        variables: [String: String],
        timezone: String?,
        parts: Int,
        exclusion: Exclusion?,
        note: String?
    ) {
        self.number = number
        self.channel = channel
        self.recipient = recipient
        self.variables = variables
        self.timezone = timezone
        self.parts = parts
        self.exclusion = exclusion
        self.note = note
    }
}
