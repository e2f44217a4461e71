package import JobQueue

/// How often and how long a deferred message is tried.
package struct MessageRetryPolicy: Sendable, Equatable {
    package var backoff: Backoff
    /// Answers about the message itself, the first included.
    package var attempts: Int
    /// Since the first attempt.
    package var giveUpAfter: Duration

    /// Makes a policy.
    package init(backoff: Backoff, attempts: Int, giveUpAfter: Duration) {
        self.backoff = backoff
        self.attempts = attempts
        self.giveUpAfter = giveUpAfter
    }

    /// What becomes of a message after one more answer that put it off.
    func ending(
        after message: ClaimedMessage,
        reply: String,
        retryAfter: Duration?,
        now: Timestamp,
        random: any RandomSource
    ) -> MessageEnding {
        let failures = message.attempts + 1
        guard failures < attempts, now - message.firstAttemptAt < giveUpAfter else {
            return .failed(
                .gaveUp,
                reply: "given up after \(failures) attempts; the last answer: \(reply)"
            )
        }
        let delay = backoff.delay(
            afterFailures: failures,
            retryAfter: retryAfter,
            random: random.next()
        )
        return .deferred(until: now + delay, reply: reply)
    }
}
