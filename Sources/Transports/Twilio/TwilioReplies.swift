import Campaigns

/// Twilio's answers, classed (twilio.com/docs/api/errors).
enum TwilioReplies {
    /// Codes of refused requests and of messages that failed later.
    static let table = ReplyTable(
        codes: [
            // The account: nobody's message is at fault.
            20003: .away, 20005: .away, 20006: .away, 20008: .away, 20404: .away, 20429: .throttled,
            // Pace and queues.
            14107: .throttled, 21611: .throttled, 30001: .throttled, 30022: .throttled,
            // The recipient's number.
            21211: .recipient(.invalidAddress), 21614: .recipient(.invalidAddress),
            21217: .recipient(.invalidAddress), 13223: .recipient(.invalidAddress),
            13224: .recipient(.invalidAddress), 30005: .recipient(.invalidAddress),
            30006: .recipient(.invalidAddress), 21214: .recipient(nil), 21612: .recipient(nil),
            30004: .recipient(nil),
            // The recipient's wish.
            21610: .recipient(.stop),
            // The sender's number.
            21206: .sender, 21210: .sender, 21212: .sender, 21603: .sender, 21606: .sender,
            21659: .sender, 21660: .sender,
            // For now.
            30003: .deferred, 30008: .deferred, 30009: .deferred, 30010: .content,
            // The content, or what the account may send.
            21408: .content, 21602: .content, 21605: .content, 21617: .content, 30007: .content,
            13225: .content, 13227: .content,
        ],
        statuses: ReplyTable.http
    )

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

    /// SIP replies that speak of the number (RFC 3261 section 21), not of the way to it.
    static let badNumberSIPCodes: Set<String> = ["404", "410", "484", "604"]
}
