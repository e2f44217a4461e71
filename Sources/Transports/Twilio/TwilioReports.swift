import Campaigns

/// The words of Twilio's reports.
enum TwilioReports {
    /// What a message status says (twilio.com/docs/messaging/api/message-resource); others say
    /// nothing new.
    static let messageStatuses: [String: ReceiptReport] = [
        "sent": .sent, "delivered": .delivered, "read": .delivered, "undelivered": .bounced,
        "failed": .bounced, "canceled": .bounced,
    ]

    /// How a call ended (twilio.com/docs/voice/api/call-resource), before `AnsweredBy` and SIP are
    /// looked at; others say nothing new.
    static let callStatuses: [String: CallOutcome] = [
        "completed": .answered, "busy": .busy, "no-answer": .noAnswer, "failed": .network,
        "canceled": .network,
    ]
}
