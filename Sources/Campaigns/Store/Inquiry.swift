package import JobQueue

/// A message that is `unknown` and whose provider is to be asked what became of it.
package struct Inquiry: Sendable {
    package var message: ClaimedMessage
    package var campaign: SendingCampaign

    /// Makes an inquiry.
    package init(message: ClaimedMessage, campaign: SendingCampaign) {
        self.message = message
        self.campaign = campaign
    }
}

/// What a provider shows of a message.
package struct InquiryAnswer: Sendable {
    package var id: Int64
    /// Its attempts when it was asked about: of a later one this says nothing.
    package var attempts: Int
    /// What was taken over; nil where nothing is shown.
    package var delivery: Delivery?
    /// The answer for people, on one line.
    package var words: String

    /// Makes an answer.
    package init(id: Int64, attempts: Int, delivery: Delivery?, words: String) {
        self.id = id
        self.attempts = attempts
        self.delivery = delivery
        self.words = words
    }
}

/// What is to be asked.
package struct InquiryTurn: Sendable {
    /// Nil where nothing is due.
    package var next: Inquiry?
    /// When something is due; nil where nothing waits.
    package var nextDue: Timestamp?

    /// Makes a turn.
    package init(next: Inquiry?, nextDue: Timestamp?) {
        self.next = next
        self.nextDue = nextDue
    }
}
