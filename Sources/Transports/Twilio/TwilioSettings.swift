package import Campaigns
import FoundationEssentials

/// An account at a provider that speaks Twilio's REST API, and what calls do.
package struct TwilioSettings: Sendable {
    /// Without a slash at its end.
    package var baseURL: String
    package var accountSID: String
    package var authToken: String
    /// The root by which the provider reaches the public listener; nil for no reports.
    package var callbackURL: String?
    /// Of a sender's number without a country code.
    package var region: PhoneNumber.Region
    /// What its answers mean.
    package var replies: ReplyTable
    package var call: CallSettings

    /// Makes settings.
    package init(
        baseURL: String,
        accountSID: String,
        authToken: String,
        callbackURL: String?,
        region: PhoneNumber.Region = .unitedStates,
        replies: ReplyTable = .twilio,
        call: CallSettings = CallSettings()
    ) {
        self.baseURL = baseURL
        self.accountSID = accountSID
        self.authToken = authToken
        self.callbackURL = callbackURL
        self.region = region
        self.replies = replies
        self.call = call
    }

    /// The sender as the provider knows it: in E.164 form, or a short code.
    func sender(of message: OutgoingMessage) -> String {
        (try? SenderNumber(message.sender, region: region).normalised) ?? message.sender
    }

    /// Where the provider reports about a message.
    func callback(_ message: OutgoingMessage) -> String? {
        callbackURL.map { $0 + ReceiptPath.of(message) }
    }

    /// The header that says who asks (RFC 7617).
    var authorization: (name: String, value: String) {
        let pair = "\(accountSID):\(authToken)"
        return ("Authorization", "Basic \(Data(pair.utf8).base64EncodedString())")
    }

    /// The resource that messages or calls are made at.
    func resource(_ channel: Channel) -> String {
        let name = channel == .voice ? "Calls" : "Messages"
        return "\(baseURL)/2010-04-01/Accounts/\(accountSID)/\(name).json"
    }
}

/// What is said in a call, and what keys do.
package struct CallSettings: Sendable, Equatable {
    /// A BCP 47 tag for `Say`; nil for the provider's default.
    package var language: String?
    /// The key that opts out; nil for none.
    package var optOutKey: String?
    /// The key that says it again; nil for none.
    package var repeatKey: String?
    /// What follows each way in which a call did not reach a person.
    package var retries: [CallOutcome: CallRetry]
    /// What SIP replies (RFC 3261 section 21) say of a call that did not get through.
    package var sipCodes: [Int: CallOutcome]

    /// Makes settings.
    package init(
        language: String? = nil,
        optOutKey: String? = nil,
        repeatKey: String? = nil,
        retries: [CallOutcome: CallRetry] = [:],
        sipCodes: [Int: CallOutcome] = [:]
    ) {
        self.language = language
        self.optOutKey = optOutKey
        self.repeatKey = repeatKey
        self.retries = retries
        self.sipCodes = sipCodes
    }
}
