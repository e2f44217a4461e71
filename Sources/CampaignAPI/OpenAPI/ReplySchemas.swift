import APITypes
import Campaigns
import JobQueue

/// What replies carry; members that do not apply are absent.
extension Schema {
    static let result = named("Result")
    static let problem = named("Problem")
    static let campaign = named("Campaign")
    static let campaignPage = named("CampaignPage")
    static let job = named("Job")
    static let failureGroup = named("FailureGroup")
    static let bulk = named("Bulk")
    static let action = named("Action")
    static let message = named("Message")
    static let template = named("Template")
    static let templateReply = named("TemplateReply")
    static let list = named("List")
    static let imported = named("Import")
    static let suppression = named("Suppression")
    static let suppressionChange = named("SuppressionChange")
    static let suppressionImport = named("SuppressionImport")
    static let preview = named("Preview")
    static let report = named("Report")
    static let wait = named("Wait")
    static let status = named("Status")
    static let health = named("Health")
    static let doctor = named("Doctor")
    static let why = named("Why")
    static let account = named("Account")

    static let replies = campaignReplies.merging(jobReplies, uniquingKeysWith: { $1 })
        .merging(contentReplies, uniquingKeysWith: { $1 })
        .merging(consentReplies, uniquingKeysWith: { $1 })
        .merging(previewReplies, uniquingKeysWith: { $1 })
        .merging(daemonReplies, uniquingKeysWith: { $1 })

    private static let counts = map(of: count)
    private static let number = Schema(["type": "number"])

    private static let campaignReplies: [String: Schema] = [
        "Result": object(
            [
                "result": Schema(["enum": ["success", "pending"]]), "response": text,
                "campaignId": objectID, "status": words(CampaignStatus.self), "job": job,
            ],
            required: ["result"]
        ),
        "Campaign": object(
            [
                "campaignId": objectID, "name": text, "channel": array(of: words(Channel.self)),
                "status": words(CampaignStatus.self), "settings": map(of: named("Settings")),
                "contactListId": array(
                    of: object(["_id": objectID, "name": text], required: ["_id", "name"])
                ),
                "changeLog": array(
                    of: object(
                        ["status": words(CampaignStatus.self), "updateAt": instant],
                        required: ["status", "updateAt"]
                    )
                ),
                "createdAt": instant, "stats": named("Stats"), "messages": counts,
                "excluded": counts, "reason": text, "until": words(CampaignStep.self),
                "sendAt": instant, "digest": text, "testOf": objectID,
                "transports": map(of: text),
                "deliveredToFiles": flag, "account": text, "remote": named("Remote"),
                "ratePerSecond": number, "pace": array(of: named("Pace")), "job": job,
            ],
            required: [
                "campaignId", "name", "channel", "status", "settings", "contactListId",
                "changeLog", "createdAt", "stats",
            ]
        ),
        "Pace": object(
            [
                "channel": words(Channel.self), "perSecond": number,
                "throttles": array(of: named("Throttle")), "earliest": instant,
                "latest": instant, "reason": text,
            ],
            required: ["channel", "perSecond", "throttles"]
        ),
        "Throttle": object(
            [
                "scope": Schema(["enum": ["global", "transport", "sender", "campaign"]]),
                "sender": text,
                "limit": number, "perSecond": number, "available": count, "nextAt": instant,
                "reason": text,
            ],
            required: ["scope", "perSecond", "available"]
        ),
        "Settings": object(
            [
                "fromEmail": text, "shortCode": text, "callerId": text, "templateId": objectID,
                "version": integer(1...),
            ],
            required: ["templateId"]
        ),
        "Stats": object(
            [
                "result": array(
                    of: object(
                        ["_id": object(["status": text], required: ["status"]), "count": count],
                        required: ["_id", "count"]
                    )
                ),
                "initContacts": array(
                    of: object(["name": text, "contacts": count], required: ["name", "contacts"])
                ),
            ],
            required: ["result", "initContacts"]
        ),
        "CampaignPage": object(
            [
                "result": array(of: campaign),
                "meta": object(
                    ["count": count, "page": count, "limit": count],
                    required: ["count", "page", "limit"]
                ),
            ],
            required: ["result", "meta"]
        ),
        "Wait": object(
            [
                "done": flag, "ok": flag, "status": text, "reason": text, "job": job,
                "campaign": object(
                    [
                        "campaignId": objectID, "status": words(CampaignStatus.self),
                        "until": words(CampaignStep.self), "messages": counts, "excluded": counts,
                        "deliveredToFiles": flag,
                    ],
                    required: [
                        "campaignId", "status", "until", "messages", "excluded", "deliveredToFiles",
                    ]
                ),
            ],
            required: ["done", "ok", "status"]
        ),
    ]

    private static let jobReplies: [String: Schema] = [
        "Job": object(
            [
                "id": count, "kind": text, "campaignId": objectID, "account": text,
                "state": words(JobState.self), "holdReason": words(HoldReason.self),
                "priority": integer(1...9), "attempt": count, "maxAttempts": count,
                "crashes": count, "scheduledAt": instant, "createdAt": instant,
                "startedAt": instant, "finishedAt": instant,
                "progress": object(["done": count, "total": count], required: ["done"]),
                "errorClass": words(ErrorClass.self), "error": text, "replayed": flag,
                "until": words(CampaignStep.self), "attempts": array(of: named("Attempt")),
                "verbs": array(of: text), "exchanges": array(of: named("Exchange")),
            ],
            required: [
                "id", "kind", "account", "state", "priority", "attempt", "maxAttempts", "crashes",
                "scheduledAt", "createdAt", "progress",
            ]
        ),
        "Attempt": object(
            [
                "number": count, "startedAt": instant, "endedAt": instant,
                "outcome": words(AttemptOutcome.self), "errorClass": words(ErrorClass.self),
                "message": text, "epoch": count, "daemonVersion": text,
            ],
            required: ["number", "startedAt", "endedAt", "outcome", "epoch", "daemonVersion"]
        ),
        "FailureGroup": object(
            [
                "kind": text, "state": words(JobState.self), "errorClass": words(ErrorClass.self),
                "error": text, "count": count, "exampleJobId": count, "latestAt": instant,
                "whatToDo": text,
            ],
            required: ["kind", "state", "error", "count", "exampleJobId", "latestAt", "whatToDo"]
        ),
        "Bulk": object(
            ["accepted": count, "replayed": count, "jobs": array(of: count)],
            required: ["accepted", "replayed", "jobs"]
        ),
        "Action": object(
            [
                "matched": count, "changed": count, "dryRun": flag,
                "refused": array(
                    of: object(
                        ["id": count, "state": text, "reason": text],
                        required: ["id", "reason"]
                    )
                ),
            ],
            required: ["matched", "changed", "refused", "dryRun"]
        ),
        "Message": object(
            [
                "id": count, "recipient": text, "channel": words(Channel.self),
                "state": words(MessageState.self), "attempts": count, "lastReply": text,
                "messageId": text, "doubts": count, "fault": words(MessageFault.self),
                "exclusion": words(Exclusion.self), "nextAttemptAt": instant,
            ],
            required: ["id", "recipient", "channel", "state", "attempts", "doubts"]
        ),
    ]

    private static let contentReplies: [String: Schema] = [
        "Template": object(
            [
                "templateId": objectID, "name": text, "channel": words(Channel.self),
                "version": integer(1...), "createdAt": instant, "updatedAt": instant,
                "deletedAt": instant, "subject": text, "text": text, "html": text,
            ],
            required: ["templateId", "name", "channel", "version", "createdAt", "updatedAt"]
        ),
        "TemplateReply": object(
            ["templateId": objectID, "version": integer(1...)],
            required: ["templateId", "version"]
        ),
        "List": object(
            [
                "contactListId": objectID, "name": text, "channel": words(Channel.self),
                "contacts": count, "createdAt": instant, "updatedAt": instant,
                "deletedAt": instant,
            ],
            required: ["contactListId", "name", "contacts", "createdAt", "updatedAt"]
        ),
        "Import": object(
            [
                "contactListId": objectID, "contacts": count, "rejected": count,
                "rejections": array(
                    of: object(["line": count, "reason": text], required: ["line", "reason"])
                ),
            ],
            required: ["contactListId", "contacts", "rejected", "rejections"]
        ),
    ]

    private static let consentReplies: [String: Schema] = [
        "Suppression": object(
            [
                "channel": words(Channel.self), "address": text,
                "reason": words(SuppressionReason.self), "note": text, "at": instant,
            ],
            required: ["channel", "address", "reason", "at"]
        ),
        "SuppressionChange": object(["added": count, "present": count, "removed": count]),
        "SuppressionImport": object(
            [
                "added": count, "present": count, "rejected": count,
                "rejections": array(
                    of: object(["line": count, "reason": text], required: ["line", "reason"])
                ),
            ],
            required: ["added", "present", "rejected", "rejections"]
        ),
    ]

    private static let previewReplies: [String: Schema] = [
        "Preview": object(
            [
                "channel": words(Channel.self), "sender": text, "recipient": text,
                "templateId": objectID, "version": integer(1...), "id": count, "subject": text,
                "text": text, "html": text, "unsubscribeURL": text, "parts": count,
                "encoding": words(SMSParts.Encoding.self), "strayCharacter": text,
                "exclusion": words(Exclusion.self), "note": text,
            ],
            required: ["channel", "sender", "recipient", "templateId", "version"]
        ),
        "Report": object(
            [
                "campaignId": objectID, "status": words(CampaignStatus.self),
                "channels": array(of: named("ChannelReport")),
            ],
            required: ["campaignId", "status", "channels"]
        ),
        "ChannelReport": object(
            [
                "channel": words(Channel.self), "built": count, "excluded": counts,
                "missingVariables": array(
                    of: object(["name": text, "count": count], required: ["name", "count"])
                ),
                "sms": object(
                    [
                        "parts": count, "messagesByParts": counts,
                        "strayCharacters": array(
                            of: object(
                                [
                                    "character": text, "codePoint": text, "messages": count,
                                    "extraParts": count,
                                ],
                                required: ["character", "codePoint", "messages", "extraParts"]
                            )
                        ),
                    ],
                    required: ["parts", "messagesByParts", "strayCharacters"]
                ),
                "lint": array(
                    of: object(
                        ["rule": words(LintFinding.Rule.self), "ok": flag, "fault": text],
                        required: ["rule", "ok"]
                    )
                ),
            ],
            required: ["channel", "built", "excluded", "missingVariables", "lint"]
        ),
    ]

    private static let daemonReplies: [String: Schema] = [
        "Doctor": object(
            ["version": text, "daemon": flag, "findings": array(of: named("Finding"))],
            required: ["version", "daemon", "findings"]
        ),
        "Finding": object(
            [
                "check": text, "level": Schema(["enum": ["ok", "warning", "fault"]]),
                "detail": text, "whatToDo": text,
            ],
            required: ["check", "level", "detail"]
        ),
        "Why": object(
            [
                "jobId": count, "kind": text, "state": words(JobState.self),
                "campaignId": objectID, "waitsFor": text, "detail": text, "until": instant,
                "whatToDo": text,
            ],
            required: ["jobId", "kind", "state", "waitsFor", "detail"]
        ),
        "Status": object(
            [
                "version": text, "daemon": flag, "epoch": count, "startedAt": instant,
                "pid": count, "dataDir": text, "jobs": map(of: counts),
                "pausedKinds": array(of: text), "transports": array(of: named("TransportStatus")),
                "globalThrottle": named("Throttle"),
                "campaigns": object(["sending": count], required: ["sending"]),
                "database": object(
                    ["path": text, "bytes": count, "walBytes": count, "freeBytes": count],
                    required: ["path", "bytes", "walBytes"]
                ),
                "messages": map(of: counts), "oldestAvailable": map(of: instant),
                "warnings": array(of: text),
            ],
            required: [
                "version", "daemon", "dataDir", "jobs", "pausedKinds", "transports", "campaigns",
                "database", "warnings",
            ]
        ),
        "TransportStatus": object(
            [
                "channel": words(Channel.self), "kind": text,
                "state": Schema(["enum": ["closed", "open", "probing"]]), "reason": text,
                "since": instant, "retryAt": instant, "inflight": count, "maxConnections": count,
                "inDoubt": words(InDoubtPolicy.self), "throttles": array(of: named("Throttle")),
            ],
            required: ["channel", "kind", "state", "inflight", "maxConnections", "inDoubt"]
        ),
        "Account": object(
            [
                "name": text, "baseURL": text, "userId": text,
                "state": Schema(["enum": ["open", "paused", "throttled", "down"]]),
                "reason": text, "since": instant, "retryAt": instant,
                "ratePerSecond": Schema(["type": "number"]), "maxConcurrent": integer(1...),
                "jobs": counts,
            ],
            required: [
                "name", "baseURL", "userId", "state", "ratePerSecond", "maxConcurrent", "jobs",
            ]
        ),
        "Remote": object(
            [
                "campaignId": text, "name": text, "status": text, "counts": counts,
                "seenAt": instant, "changedAt": instant, "asked": words(CampaignStep.self),
                "standing": words(RemoteIntent.Standing.self), "duplicates": array(of: text),
            ],
            required: ["name", "counts", "duplicates"]
        ),
        "Exchange": object(
            [
                "request": text, "askedAt": instant, "answeredAt": instant,
                "status": integer(100...999), "excerpt": text,
            ],
            required: ["request", "askedAt", "answeredAt", "excerpt"]
        ),
        "Health": object(["status": text], required: ["status"]),
        "Problem": object(
            [
                "type": text, "title": text, "status": integer(400...599), "detail": text,
                "result": Schema(["const": "error"]),
                "faults": array(
                    of: object(
                        ["field": text, "message": text, "line": count],
                        required: ["field", "message"]
                    )
                ),
                "next": text,
            ],
            required: ["type", "title", "status", "detail", "result"]
        ),
    ]
}

extension Route.QueryParameter {
    /// How many rows.
    static let limit = Self(
        name: "limit",
        schema: .integer(1...1_000),
        summary: "Rows of a page, 100 where it is absent; as lines, all."
    )
}
