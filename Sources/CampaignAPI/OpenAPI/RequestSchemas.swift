import APITypes
import Campaigns
import JobQueue

/// What requests carry; optional members may be null.
extension Schema {
    static let spec = named("Spec")
    static let enqueue = named("Enqueue")
    static let jobSelection = named("JobSelection")
    static let messageSelection = named("MessageSelection")
    static let messageResolution = named("MessageResolution")
    static let resolution = named("Resolution")
    static let templatePut = named("TemplatePut")
    static let rate = named("Rate")
    static let suppressionOrder = named("SuppressionOrder")
    static let testOrder = named("TestOrder")

    static let requests: [String: Schema] = [
        "Spec": object(
            [
                "campaignId": objectID.orNull,
                "name": name,
                "settings": object([
                    "email": settings(.email), "sms": settings(.sms), "voice": settings(.voice),
                ]),
                "channel": choice(of: words(Channel.self), upTo: Channel.allCases.count),
                "contactListId": choice(of: objectID, upTo: CampaignSpec.maximumLists),
            ],
            required: ["name", "settings", "channel", "contactListId"]
        ),
        "Enqueue": object([
            "spec": spec.orNull,
            "campaignId": objectID.orNull,
            "kind": Schema(["enum": ["build", "send", .null]]),
            "until": words(CampaignStep.self).orNull,
            "at": instant.orNull,
            "in": Schema(["type": "string", "pattern": "^[0-9]{1,9}(ms|s|m|h|d)$"]).orNull,
            "priority": integer(1...9).orNull,
            "maxAttempts": integer(1...1_000).orNull,
            "account": text.orNull,
            "ratePerSecond": number(RateLimit.range).orNull,
        ]).needing(oneOf: [["spec"], ["campaignId", "kind"]]),
        "JobSelection": object([
            "ids": some(of: integer(1...), upTo: ObjectReader.maximumIDs).orNull,
            "states": some(of: words(JobState.self), upTo: JobState.allCases.count).orNull,
            "kind": text.orNull,
            "campaignId": objectID.orNull,
            "error": text.orNull,
            "since": instant.orNull,
            "dryRun": flag.orNull,
        ]).needing(oneOf: [["ids"], ["states"]]),
        "MessageSelection": object(messageConditions)
            .needing(oneOf: [["ids"], ["campaignId", "state"]]),
        "MessageResolution": object(
            messageConditions.merging(["as": words(CampaignAPI.Resolution.self)]) { $1 },
            required: ["as"]
        ).needing(oneOf: [["ids"], ["campaignId"]]),
        "Resolution": object(["as": words(CampaignAPI.Resolution.self)], required: ["as"]),
        "TemplatePut": object(
            [
                "id": objectID.orNull,
                "name": name,
                "channel": words(Channel.self),
                "subject": text.orNull,
                "text": text,
                "html": text.orNull,
            ],
            required: ["name", "channel", "text"]
        ),
        "TestOrder": object(
            ["address": text, "channel": words(Channel.self).orNull, "contact": text.orNull],
            required: ["address"]
        ),
        "Rate": object(["ratePerSecond": number(RateLimit.range).orNull]),
        "SuppressionOrder": object(
            [
                "address": text,
                "channel": words(Channel.self).orNull,
                "reason": words(SuppressionReason.self).orNull,
                "note": note.orNull,
            ],
            required: ["address"]
        ),
    ]

    private static let messageConditions: [String: Schema] = [
        "ids": some(of: integer(1...), upTo: ObjectReader.maximumIDs).orNull,
        "campaignId": objectID.orNull,
        "state": words(MessageState.self).orNull,
        "channel": words(Channel.self).orNull,
        "dryRun": flag.orNull,
    ]

    private static let note = Schema([
        "type": "string", "maxLength": .integer(Int64(SuppressionChecker.maximumNoteBytes)),
    ])

    private static func settings(_ channel: Channel) -> Schema {
        object(
            [
                channel.senderField: Schema(["type": "string", "minLength": 1]),
                "templateId": objectID,
                "version": integer(1...).orNull,
            ],
            required: [channel.senderField, "templateId"]
        ).orNull
    }
}
