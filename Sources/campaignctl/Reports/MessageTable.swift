import APITypes
import JobQueue

/// Messages as a table.
enum MessageTable {
    static func table(of messages: [MessageBody], now: Timestamp) -> Table {
        var table = Table([
            .number("id"), .flexible("recipient"), .text("channel"), .text("state"),
            .number("attempts"), .text("next"), .flexible("last reply"),
        ])
        for message in messages {
            table.add([
                String(message.id), message.recipient, message.channel, state(of: message),
                String(message.attempts),
                message.nextAttemptAt.map { TimeText.relative($0, to: now) },
                message.lastReply,
            ])
        }
        return table
    }

    /// "failed (content)", "skipped (duplicate)".
    private static func state(of message: MessageBody) -> String {
        guard let detail = message.fault ?? message.exclusion else { return message.state }
        return "\(message.state) (\(detail))"
    }
}
