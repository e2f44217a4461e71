/// A message as it is listed; fields that do not apply are absent.
package struct MessageBody: Codable, Sendable, Equatable {
    package var id: Int64
    package var recipient: String
    package var channel: String
    package var state: String
    package var attempts: Int
    package var lastReply: String?
    /// The Message-ID of an email, without its angle brackets.
    package var messageId: String?
    /// How often it was in doubt.
    package var doubts: Int
    /// For whose sake it failed: `recipient`, `content`, `gave-up`, `crash-loop`.
    package var fault: String?
    /// Why it was excluded: `duplicate`, `suppressed`, `no-address`, `invalid-address`,
    /// `render-error`.
    package var exclusion: String?
    package var nextAttemptAt: String?

    /// Makes a message.
    package init(
        id: Int64,
        recipient: String,
        channel: String,
        state: String,
        attempts: Int,
        lastReply: String?,
        messageId: String?,
        doubts: Int,
        fault: String?,
        exclusion: String?,
        nextAttemptAt: String?
    ) {
        self.id = id
        self.recipient = recipient
        self.channel = channel
        self.state = state
        self.attempts = attempts
        self.lastReply = lastReply
        self.messageId = messageId
        self.doubts = doubts
        self.fault = fault
        self.exclusion = exclusion
        self.nextAttemptAt = nextAttemptAt
    }
}
