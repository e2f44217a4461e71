import Testing

@testable import SQLiteStore

/// A statement of the store under the name of its constant.
struct Statement: Sendable, CustomTestStringConvertible {
    let name: String
    let sql: String

    var testDescription: String { name }

    /// Every constant; a test compares the names with the source files.
    static let all = [
        jobs, campaigns, pace, contacts, templates, suppressions, backups, monitor, remote,
        receipts, previews, retention,
    ].joined().map { name, sql in
        Statement(name: name, sql: sql)
    }

    private static let jobs: [(String, String)] = [
        ("JobSQL.addLane", JobSQL.addLane),
        ("JobSQL.lane", JobSQL.lane),
        ("JobSQL.openLanes", JobSQL.openLanes),
        ("JobSQL.count", JobSQL.count),
        ("JobSQL.counts", JobSQL.counts),
        ("JobSQL.insert", JobSQL.insert),
        ("JobSQL.job", JobSQL.job),
        ("JobSQL.unfinishedOfCampaign", JobSQL.unfinishedOfCampaign),
        ("JobSQL.newestOfCampaign", JobSQL.newestOfCampaign),
        ("JobSQL.move", JobSQL.move),
        ("JobSQL.complete", JobSQL.complete),
        ("JobSQL.completed", JobSQL.completed),
        ("JobSQL.progress", JobSQL.progress),
        ("JobSQL.endProbation", JobSQL.endProbation),
        ("JobSQL.sendProgress", JobSQL.sendProgress),
        ("JobSQL.requestCancel", JobSQL.requestCancel),
        ("JobSQL.addAttempt", JobSQL.addAttempt),
        ("JobSQL.attempts", JobSQL.attempts),
        ("JobSQL.dueDated", JobSQL.dueDated),
        ("JobSQL.dueDelayed", JobSQL.dueDelayed),
        ("JobSQL.dueRetryable", JobSQL.dueRetryable),
        ("JobSQL.lateSends", JobSQL.lateSends),
        ("JobSQL.nextWaiting", JobSQL.nextWaiting),
        ("JobSQL.peekReady", JobSQL.peekReady),
        ("JobSQL.claim", JobSQL.claim),
        ("JobSQL.probation", JobSQL.probation),
        ("JobSQL.claimOne", JobSQL.claimOne),
        ("JobSQL.pauseKind", JobSQL.pauseKind),
        ("JobSQL.resumeKind", JobSQL.resumeKind),
        ("JobSQL.pausedKinds", JobSQL.pausedKinds),
        ("JobSQL.lanes", JobSQL.lanes),
        ("JobSQL.availableOfLane", JobSQL.availableOfLane),
        ("JobSQL.heldOfKind", JobSQL.heldOfKind),
        ("JobSQL.failures", JobSQL.failures),
        ("JobSQL.key", JobSQL.key),
        ("JobSQL.addKey", JobSQL.addKey),
        ("JobSQL.keepSetting", JobSQL.keepSetting),
        ("JobSQL.settings", JobSQL.settings),
        ("JobSQL.openEpochs", JobSQL.openEpochs),
        ("JobSQL.lastUncleanBefore", JobSQL.lastUncleanBefore),
        ("JobSQL.lastEpoch", JobSQL.lastEpoch),
        ("JobSQL.lastEpochMark", JobSQL.lastEpochMark),
        ("JobSQL.epochHasEnded", JobSQL.epochHasEnded),
        ("JobSQL.endEpoch", JobSQL.endEpoch),
        ("JobSQL.beginEpoch", JobSQL.beginEpoch),
        ("JobSQL.runningJobs", JobSQL.runningJobs),
    ]

    private static let campaigns: [(String, String)] = [
        ("CampaignSQL.insert", CampaignSQL.insert),
        ("CampaignSQL.replace", CampaignSQL.replace),
        ("CampaignSQL.campaign", CampaignSQL.campaign),
        ("CampaignSQL.campaignBySeq", CampaignSQL.campaignBySeq),
        ("CampaignSQL.status", CampaignSQL.status),
        ("CampaignSQL.setStatus", CampaignSQL.setStatus),
        ("CampaignSQL.setTarget", CampaignSQL.setTarget),
        ("CampaignSQL.setReason", CampaignSQL.setReason),
        ("CampaignSQL.setBuilt", CampaignSQL.setBuilt),
        ("CampaignSQL.addChange", CampaignSQL.addChange),
        ("CampaignSQL.changes", CampaignSQL.changes),
        ("CampaignSQL.addList", CampaignSQL.addList),
        ("CampaignSQL.removeLists", CampaignSQL.removeLists),
        ("CampaignSQL.lists", CampaignSQL.lists),
        ("CampaignSQL.addChannel", CampaignSQL.addChannel),
        ("CampaignSQL.removeChannels", CampaignSQL.removeChannels),
        ("CampaignSQL.channels", CampaignSQL.channels),
        ("CampaignSQL.setTransports", CampaignSQL.setTransports),
        ("CampaignSQL.templateFacts", CampaignSQL.templateFacts),
        ("CampaignSQL.listFacts", CampaignSQL.listFacts),
        ("CampaignSQL.pinList", CampaignSQL.pinList),
        ("CampaignSQL.pinTemplate", CampaignSQL.pinTemplate),
        ("CampaignSQL.pinned", CampaignSQL.pinned),
        ("CampaignSQL.pinnedLists", CampaignSQL.pinnedLists),
        ("CampaignSQL.pinnedChannels", CampaignSQL.pinnedChannels),
        ("CampaignSQL.cursor", CampaignSQL.cursor),
        ("CampaignSQL.lastNumber", CampaignSQL.lastNumber),
        ("CampaignSQL.setCursor", CampaignSQL.setCursor),
        ("CampaignSQL.removeCursor", CampaignSQL.removeCursor),
        ("CampaignSQL.contactsByEmail", CampaignSQL.contactsByEmail),
        ("CampaignSQL.contactsByPhone", CampaignSQL.contactsByPhone),
        ("CampaignSQL.addMessage", CampaignSQL.addMessage),
        ("CampaignSQL.count", CampaignSQL.count),
        ("CampaignSQL.counts", CampaignSQL.counts),
        ("CampaignSQL.setTransport", CampaignSQL.setTransport),
        ("CampaignSQL.inDoubtPolicies", CampaignSQL.inDoubtPolicies),
        ("CampaignSQL.sending", CampaignSQL.sending),
        ("CampaignSQL.claimDeferred", CampaignSQL.claimDeferred),
        ("CampaignSQL.claimReady", CampaignSQL.claimReady),
        ("CampaignSQL.claimSuspect", CampaignSQL.claimSuspect),
        ("CampaignSQL.skipSuppressed", CampaignSQL.skipSuppressed),
        ("CampaignSQL.nextDue", CampaignSQL.nextDue),
        ("CampaignSQL.nextSuspect", CampaignSQL.nextSuspect),
        ("CampaignSQL.endSent", CampaignSQL.endSent),
        ("CampaignSQL.endFlight", CampaignSQL.endFlight),
        ("CampaignSQL.flightFacts", CampaignSQL.flightFacts),
        ("CampaignSQL.inflight", CampaignSQL.inflight),
        ("CampaignSQL.message", CampaignSQL.message),
        ("CampaignSQL.operate", CampaignSQL.operate),
        ("CampaignSQL.cancelledWithOpenMessages", CampaignSQL.cancelledWithOpenMessages),
        ("CampaignSQL.cancelOpen", CampaignSQL.cancelOpen),
        ("CampaignSQL.cancelSuspects", CampaignSQL.cancelSuspects),
    ]

    private static let pace: [(String, String)] = [
        ("PaceSQL.rate", PaceSQL.rate),
        ("PaceSQL.setRate", PaceSQL.setRate),
        ("PaceSQL.removeRate", PaceSQL.removeRate),
        ("PaceSQL.throttles", PaceSQL.throttles),
        ("PaceSQL.keep", PaceSQL.keep),
        ("PaceSQL.forget", PaceSQL.forget),
        ("PaceSQL.forgetEnded", PaceSQL.forgetEnded),
        ("PaceSQL.nextInTurn", PaceSQL.nextInTurn),
        ("PaceSQL.nextSuspectInTurn", PaceSQL.nextSuspectInTurn),
        ("PaceSQL.lastDue", PaceSQL.lastDue),
        ("PaceSQL.postpone", PaceSQL.postpone),
    ]

    private static let contacts: [(String, String)] = [
        ("ContactSQL.list", ContactSQL.list),
        ("ContactSQL.lists", ContactSQL.lists),
        ("ContactSQL.delete", ContactSQL.delete),
        ("ContactSQL.insertList", ContactSQL.insertList),
        ("ContactSQL.importFacts", ContactSQL.importFacts),
        ("ContactSQL.openImport", ContactSQL.openImport),
        ("ContactSQL.openImports", ContactSQL.openImports),
        ("ContactSQL.insert", ContactSQL.insert),
        ("ContactSQL.replaceByEmail", ContactSQL.replaceByEmail),
        ("ContactSQL.replaceByPhone", ContactSQL.replaceByPhone),
        ("ContactSQL.replaceByPhoneAlone", ContactSQL.replaceByPhoneAlone),
        ("ContactSQL.dropStagedByEmail", ContactSQL.dropStagedByEmail),
        ("ContactSQL.dropStagedByPhone", ContactSQL.dropStagedByPhone),
        ("ContactSQL.dropStagedByPhoneAlone", ContactSQL.dropStagedByPhoneAlone),
        ("ContactSQL.countChange", ContactSQL.countChange),
        ("ContactSQL.finish", ContactSQL.finish),
        ("ContactSQL.dropStaged", ContactSQL.dropStaged),
        ("ContactSQL.restoreReplaced", ContactSQL.restoreReplaced),
        ("ContactSQL.closeImport", ContactSQL.closeImport),
        ("ContactSQL.dropNew", ContactSQL.dropNew),
    ]

    private static let monitor: [(String, String)] = [
        ("MonitorSQL.messageTotals", MonitorSQL.messageTotals),
        ("MonitorSQL.longestWaits", MonitorSQL.longestWaits),
        ("MonitorSQL.longestSending", MonitorSQL.longestSending),
        ("MonitorSQL.engineVersion", MonitorSQL.engineVersion),
        ("MonitorSQL.journalMode", MonitorSQL.journalMode),
        ("MonitorSQL.synchronous", MonitorSQL.synchronous),
        ("MonitorSQL.autoCheckpoint", MonitorSQL.autoCheckpoint),
        ("MonitorSQL.foreignKeys", MonitorSQL.foreignKeys),
        ("MonitorSQL.applicationID", MonitorSQL.applicationID),
        ("MonitorSQL.schemaVersion", MonitorSQL.schemaVersion),
        ("MonitorSQL.objects", MonitorSQL.objects),
        ("MonitorSQL.quickCheck", MonitorSQL.quickCheck),
        ("MonitorSQL.deaths", MonitorSQL.deaths),
        ("MonitorSQL.newestStart", MonitorSQL.newestStart),
        ("MonitorSQL.isOnProbation", MonitorSQL.isOnProbation),
        ("MonitorSQL.nextNotice", MonitorSQL.nextNotice),
        ("MonitorSQL.endNotice", MonitorSQL.endNotice),
        ("MonitorSQL.putOffNotice", MonitorSQL.putOffNotice),
    ]

    private static let templates: [(String, String)] = [
        ("TemplateSQL.template", TemplateSQL.template),
        ("TemplateSQL.list", TemplateSQL.list),
        ("TemplateSQL.insert", TemplateSQL.insert),
        ("TemplateSQL.addVersion", TemplateSQL.addVersion),
        ("TemplateSQL.insertVersion", TemplateSQL.insertVersion),
        ("TemplateSQL.content", TemplateSQL.content),
        ("TemplateSQL.delete", TemplateSQL.delete),
    ]

    private static let suppressions: [(String, String)] = [
        ("SuppressionSQL.insert", SuppressionSQL.insert),
        ("SuppressionSQL.remove", SuppressionSQL.remove),
        ("SuppressionSQL.suppression", SuppressionSQL.suppression),
        ("SuppressionSQL.page", SuppressionSQL.page),
        ("SuppressionSQL.pageOfChannel", SuppressionSQL.pageOfChannel),
    ]

    private static let backups: [(String, String)] = [
        ("BackupSQL.setting", BackupSQL.setting),
        ("BackupSQL.dropSetting", BackupSQL.dropSetting),
        ("BackupSQL.goingOn", BackupSQL.goingOn),
        ("BackupSQL.sendingWithOpenMessages", BackupSQL.sendingWithOpenMessages),
        ("BackupSQL.doubtOpen", BackupSQL.doubtOpen),
        ("BackupSQL.doubtSuspects", BackupSQL.doubtSuspects),
        ("BackupSQL.notePaused", BackupSQL.notePaused),
        ("BackupSQL.heldRestored", BackupSQL.heldRestored),
        ("BackupSQL.heldRestoredCount", BackupSQL.heldRestoredCount),
    ]

    private static let remote: [(String, String)] = [
        ("RemoteSQL.campaign", RemoteSQL.campaign),
        ("RemoteSQL.save", RemoteSQL.save),
        ("RemoteSQL.bound", RemoteSQL.bound),
        ("RemoteSQL.creatingAlike", RemoteSQL.creatingAlike),
        ("RemoteSQL.addExchange", RemoteSQL.addExchange),
        ("RemoteSQL.exchanges", RemoteSQL.exchanges),
        ("RemoteSQL.trimExchanges", RemoteSQL.trimExchanges),
        ("RemoteSQL.unconfigureAccounts", RemoteSQL.unconfigureAccounts),
        ("RemoteSQL.keepAccount", RemoteSQL.keepAccount),
        ("RemoteSQL.accounts", RemoteSQL.accounts),
        ("RemoteSQL.accountJobs", RemoteSQL.accountJobs),
        ("RemoteSQL.gate", RemoteSQL.gate),
        ("RemoteSQL.keepGate", RemoteSQL.keepGate),
        ("RemoteSQL.setPaused", RemoteSQL.setPaused),
    ]

    private static let receipts: [(String, String)] = [
        ("ReceiptSQL.keepID", ReceiptSQL.keepID),
        ("ReceiptSQL.keepReport", ReceiptSQL.keepReport),
        ("ReceiptSQL.kept", ReceiptSQL.kept),
        ("ReceiptSQL.forgetReport", ReceiptSQL.forgetReport),
        ("ReceiptSQL.message", ReceiptSQL.message),
        ("ReceiptSQL.move", ReceiptSQL.move),
    ]

    private static let previews: [(String, String)] = [
        ("PreviewSQL.channels", PreviewSQL.channels),
        ("PreviewSQL.lists", PreviewSQL.lists),
        ("PreviewSQL.firstBuilt", PreviewSQL.firstBuilt),
        ("PreviewSQL.builtFor", PreviewSQL.builtFor),
        ("PreviewSQL.find", PreviewSQL.find),
        ("PreviewSQL.found", PreviewSQL.found),
        ("TestSendSQL.add", TestSendSQL.add),
        ("TestSendSQL.original", TestSendSQL.original),
    ]

    private static let retention: [(String, String)] = [
        ("RetentionSQL.oldJobs", RetentionSQL.oldJobs),
        ("RetentionSQL.removeJob", RetentionSQL.removeJob),
        ("RetentionSQL.removeAttempts", RetentionSQL.removeAttempts),
        ("RetentionSQL.jobsOfCampaign", RetentionSQL.jobsOfCampaign),
        ("RetentionSQL.oldKeys", RetentionSQL.oldKeys),
        ("RetentionSQL.removeKey", RetentionSQL.removeKey),
        ("RetentionSQL.removeKeysOfJob", RetentionSQL.removeKeysOfJob),
        ("RetentionSQL.oldCampaign", RetentionSQL.oldCampaign),
        ("RetentionSQL.removeChanges", RetentionSQL.removeChanges),
        ("RetentionSQL.removeCounts", RetentionSQL.removeCounts),
        ("RetentionSQL.removeRate", RetentionSQL.removeRate),
        ("RetentionSQL.removeCampaign", RetentionSQL.removeCampaign),
        ("RetentionSQL.noteRemoved", RetentionSQL.noteRemoved),
        ("RetentionSQL.removed", RetentionSQL.removed),
        ("RetentionSQL.removeMessages", RetentionSQL.removeMessages),
        ("RetentionSQL.endRemoval", RetentionSQL.endRemoval),
    ]
}
