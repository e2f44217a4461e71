package import JobQueue

/// What a provider reports about a message after it took it over.
package struct Receipt: Sendable, Equatable {
    package var message: Int64
    /// What the provider calls the message: a report about an earlier attempt names another one.
    package var providerID: String
    package var report: ReceiptReport
    /// The report in words, for people.
    package var reply: String

    /// Makes a receipt.
    package init(message: Int64, providerID: String, report: ReceiptReport, reply: String) {
        self.message = message
        self.providerID = providerID
        self.report = report
        self.reply = reply
    }

    /// What a provider that was asked for the message says of it.
    package init(_ delivery: Delivery, of message: Int64) {
        self.init(
            message: message,
            providerID: delivery.providerID ?? "",
            report: delivery.report,
            reply: delivery.reply
        )
    }
}

/// What a report says.
///
/// States only move forward: `sent`, then one of the others, which are final.
package enum ReceiptReport: Sendable, Equatable {
    /// Passed on towards the recipient.
    case sent
    case delivered
    /// It did not arrive, and is not tried again.
    case bounced
    /// It did not arrive: to be tried again after a while, up to so many times.
    case again(after: Duration, times: Int)
}

/// How a call ended.
package enum CallOutcome: String, CaseIterable, Sendable {
    /// By a person, as far as the provider can tell.
    case answered
    case machine
    case busy
    case noAnswer = "no-answer"
    case badNumber = "bad-number"
    /// The call did not get through to the number.
    case network
}

/// When a call is made again, and how often.
package struct CallRetry: Sendable, Equatable {
    package var after: Duration
    package var times: Int

    /// Makes a rule.
    package init(after: Duration, times: Int) {
        self.after = after
        self.times = times
    }
}

extension ReceiptReport {
    /// What a call's outcome means under a table of retries.
    package init(_ outcome: CallOutcome, _ retries: [CallOutcome: CallRetry]) {
        if let retry = retries[outcome], retry.times > 0 {
            self = .again(after: retry.after, times: retry.times)
        } else {
            self = outcome == .answered || outcome == .machine ? .delivered : .bounced
        }
    }
}

/// What keeps receipts.
package protocol ReceiptStore: Sendable {
    /// Moves the message that a receipt is about, and suppresses its recipient where there is a
    /// reason to; durable on return.
    ///
    /// One that says nothing new, or speaks of a message that is gone, changes nothing. One that
    /// comes while the message is in flight is kept until the flight ends.
    func receive(
        _ receipt: Receipt?,
        suppressing reason: SuppressionReason?,
        of message: Int64,
        now: Timestamp,
        wall: Timestamp
    ) throws(StoreError)
}
