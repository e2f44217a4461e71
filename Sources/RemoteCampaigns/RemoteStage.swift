import Campaigns

/// How far the server has carried a campaign, as its status and change log tell.
struct RemoteStage: Sendable, Equatable {
    /// What the status means; nil where no table explains it.
    let present: CampaignStatus?
    /// Whether the server has built it, whatever it did since.
    let isBuilt: Bool
    /// Whether the server has begun to send it.
    let isSending: Bool

    /// Reads a status and a change log; `aliases`, in upper case, come before the table.
    init(status: String, log: [String], aliases: [String: CampaignStatus]) {
        let meaning = { (word: String) in
            aliases[word.uppercased()] ?? Self.table[word.uppercased()]
        }
        let all = [meaning(status)] + log.map(meaning)
        present = meaning(status)
        isSending = all.contains { $0.map(Self.afterSending.contains) ?? false }
        isBuilt = isSending || all.contains(.build)
    }

    /// How it ended; nil while it goes on, or may.
    var end: CampaignStatus? {
        present.flatMap { [.sent, .partial, .failed, .cancelled].contains($0) ? $0 : nil }
    }

    /// Statuses of a campaign that began to send; one that the server paused did.
    private static let afterSending: Set<CampaignStatus> = [.sending, .paused, .sent, .partial]

    /// What statuses mean; `docs/remote.md` has this table.
    ///
    /// The seed's API shows DRAFT, BUILD and SENDING, this daemon's all of ours; the others are words
    /// in common use.
    static let table: [String: CampaignStatus] = [
        "DRAFT": .draft, "CREATED": .draft,
        "BUILDING": .building,
        "BUILD": .build, "BUILT": .build,
        "SENDING": .sending,
        "PAUSED": .paused,
        "SENT": .sent, "COMPLETED": .sent, "COMPLETE": .sent, "DONE": .sent, "FINISHED": .sent,
        "PARTIAL": .partial,
        "FAILED": .failed, "ERROR": .failed,
        "CANCELLED": .cancelled, "CANCELED": .cancelled,
    ]
}

extension RemoteMirror {
    /// Message statuses after which nothing more happens to a message by itself.
    private static let settled: Set<String> = [
        "SENT", "DELIVERED", "FAILED", "BOUNCED", "UNDELIVERED", "REJECTED", "SKIPPED", "CANCELLED",
        "CANCELED", "UNKNOWN", "COMPLETED", "OPENED", "CLICKED",
    ]

    /// Whether there are messages and each has a status that is known to be its last.
    var areMessagesSettled: Bool {
        counts.contains { $0.count > 0 }
            && counts.allSatisfy { $0.count == 0 || Self.settled.contains($0.status.uppercased()) }
    }

    /// The counts in one line.
    var countsInWords: String {
        counts.isEmpty
            ? "no counts" : counts.map { "\($0.count) \($0.status)" }.joined(separator: ", ")
    }
}
