import APITypes
import Campaigns
import JobQueue

extension MessageBody {
    /// The message as lists show it; `sender` is its campaign's on email.
    init(_ message: Message, sender: String?) {
        self.init(
            id: message.id,
            recipient: message.recipient,
            channel: message.channel.rawValue,
            state: message.state.rawValue,
            attempts: message.attempts,
            lastReply: message.lastReply,
            messageId: message.channel == .email && message.state != .skipped
                ? sender.map {
                    MessageID.header(id: message.id, campaignID: message.campaignID, sender: $0)
                } : nil,
            doubts: message.doubts,
            fault: message.fault?.rawValue,
            exclusion: message.exclusion?.rawValue,
            nextAttemptAt: message.nextAttemptAt?.description
        )
    }
}
