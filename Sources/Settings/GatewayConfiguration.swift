/// What carries messages by HTTP or by a local program; each kind uses its part.
package struct GatewayConfiguration: Sendable {
    /// The root of the provider's API, without a slash at its end; of Twilio's own unless set.
    package var baseURL: String?
    /// Where kind `webhook` posts; never nil there.
    package var url: String?
    /// The account at kind `twilio`.
    package var accountSID: String?
    /// The account at kind `kannel`.
    package var username: String?
    var authTokenFile: String?
    var passwordFile: String?
    var secretFile: String?
    /// The content of the kind's secret file.
    package internal(set) var secret = Secret("")
    /// The root by which the provider reaches the public listener; nil stands for
    /// `http.publicUrl`.
    package var callbackURL: String?
    /// What answers mean, over what is built in: HTTP statuses, and from 600 on codes of the
    /// provider's.
    package var replies: [Int: ReplyMeaning] = [:]
    /// The program of kind `command` and its arguments; never empty there.
    package var argv: [String] = []
    /// How long one message may take at kind `command`.
    package var timeout = TimeSpan.seconds(60)
    /// What calls do.
    package var call = CallConfiguration()
}

/// What a provider's answer about one message means.
package enum ReplyMeaning: String, CaseIterable, Sendable {
    /// Refused for the recipient's sake; settled.
    case recipient
    /// The same, and nothing is sent there again: there is no such address.
    case invalidAddress = "invalid-address"
    /// The same: the recipient opted out at the provider.
    case stop
    /// Refused for the content's, or the account's standing's sake.
    case content
    /// The sender may not send: the campaign is paused.
    case sender
    /// Refused for now: tried again, and an attempt is spent.
    case deferred
    /// Sent too fast.
    case throttled
    /// The provider will not talk to us: the breaker opens.
    case away
    /// It may have been taken over.
    case unknown
}

/// What is said in calls, what keys do, and when a call is made again.
package struct CallConfiguration: Sendable {
    /// The language of the voice, such as `en-US`; nil for the provider's default.
    package var language: String?
    /// The key by which a recipient opts out; nil for none.
    package var optOutKey: String?
    /// The key by which a recipient hears the text again; nil for none.
    package var repeatKey: String?
    /// After a busy line.
    package var busy = CallRetryConfiguration(after: .minutes(10), times: 3)
    /// After a call that nobody took.
    package var noAnswer = CallRetryConfiguration(after: .hours(1), times: 2)
    /// After a call that a machine took.
    package var machine = CallRetryConfiguration(after: .hours(1), times: 0)
    /// After a call that did not get through.
    package var network = CallRetryConfiguration(after: .minutes(5), times: 3)
    /// What SIP replies (RFC 3261 section 21) say of a call that did not get through.
    package var sipCodes: [Int: CallFailure] = [
        404: .badNumber, 410: .badNumber, 484: .badNumber, 604: .badNumber,
    ]
}

/// Why a call did not get through.
package enum CallFailure: String, CaseIterable, Sendable {
    case busy
    case noAnswer = "no-answer"
    /// There is no such number: no call is made there again.
    case badNumber = "bad-number"
    case network
}

/// When, and how often, a call is made again.
package struct CallRetryConfiguration: Sendable {
    /// The wait before the next call.
    package var after: TimeSpan
    /// How many further calls there are; 0 for none.
    package var times: Int
}
