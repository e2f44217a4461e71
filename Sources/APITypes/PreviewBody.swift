/// A message as a recipient would get it; fields that do not apply are absent.
package struct PreviewBody: Codable, Sendable, Equatable {
    package var channel: String
    package var sender: String
    package var recipient: String
    package var templateId: String
    package var version: Int
    /// The message's id, once it is built.
    package var id: Int64?
    package var subject: String?
    package var text: String?
    package var html: String?
    /// An example of the link in the headers, as long as the recipient's; it opens nothing.
    package var unsubscribeURL: String?
    /// Of an SMS: how many parts are sent and charged.
    package var parts: Int?
    /// Of an SMS: `gsm7` or `ucs2`.
    package var encoding: String?
    /// Of an SMS: the first character that makes it `ucs2`.
    package var strayCharacter: String?
    /// Why the recipient gets no message.
    package var exclusion: String?
    /// What the exclusion is about.
    package var note: String?

    /// Makes a preview without content.
    package init(
        channel: String,
        sender: String,
        recipient: String,
        templateId: String,
        version: Int
    ) {
        self.channel = channel
        self.sender = sender
        self.recipient = recipient
        self.templateId = templateId
        self.version = version
    }
}

/// What to know of a campaign before it leaves.
package struct ReportBody: Codable, Sendable, Equatable {
    /// One channel.
    package struct Channel: Codable, Sendable, Equatable {
        package var channel: String
        /// Messages that were built.
        package var built: Int64
        /// Contacts left out at build, by reason.
        package var excluded: [String: Int64]
        /// Contacts left out for want of a variable, by its name.
        package var missingVariables: [Count]
        /// Of SMS: what is sent and charged.
        package var sms: SMS?
        /// The rules for senders, kept or not.
        package var lint: [Lint]

        /// Makes a channel's part.
        package init(
            channel: String,
            built: Int64,
            excluded: [String: Int64],
            missingVariables: [Count],
            sms: SMS?,
            lint: [Lint]
        ) {
            self.channel = channel
            self.built = built
            self.excluded = excluded
            self.missingVariables = missingVariables
            self.sms = sms
            self.lint = lint
        }
    }

    /// How often something was found.
    package struct Count: Codable, Sendable, Equatable {
        package var name: String
        package var count: Int64

        /// Makes a count.
        package init(name: String, count: Int64) {
            self.name = name
            self.count = count
        }
    }

    /// The parts of text messages.
    package struct SMS: Codable, Sendable, Equatable {
        /// Parts in all.
        package var parts: Int64
        /// Messages by their number of parts.
        package var messagesByParts: [String: Int64]
        /// Characters outside the default alphabet.
        package var strayCharacters: [Stray]

        /// Makes a count of parts.
        package init(
            parts: Int64,
            messagesByParts: [String: Int64],
            strayCharacters: [Stray]
        ) {
            self.parts = parts
            self.messagesByParts = messagesByParts
            self.strayCharacters = strayCharacters
        }
    }

    /// A character that makes text messages dear.
    package struct Stray: Codable, Sendable, Equatable {
        package var character: String
        /// Its code point, as in `U+2019`.
        package var codePoint: String
        /// Messages of which it is the first such character.
        package var messages: Int64
        /// Parts these messages would save without such characters.
        package var extraParts: Int64

        /// Makes a character's count.
        package init(character: String, codePoint: String, messages: Int64, extraParts: Int64) {
            self.character = character
            self.codePoint = codePoint
            self.messages = messages
            self.extraParts = extraParts
        }
    }

    /// One rule.
    package struct Lint: Codable, Sendable, Equatable {
        package var rule: String
        package var ok: Bool
        /// What is wrong and what to do.
        package var fault: String?

        /// Makes a rule's result.
        package init(rule: String, ok: Bool, fault: String?) {
            self.rule = rule
            self.ok = ok
            self.fault = fault
        }
    }

    package var campaignId: String
    package var status: String
    package var channels: [Channel]

    /// Makes a report.
    package init(campaignId: String, status: String, channels: [Channel]) {
        self.campaignId = campaignId
        self.status = status
        self.channels = channels
    }
}

/// What a test is to be.
package struct TestOrderBody: Codable, Sendable, Equatable {
    /// Where it goes.
    package var address: String
    package var channel: String?
    /// Whose message it is; absent: the first contact's.
    package var contact: String?

    /// Makes an order.
    package init(address: String, channel: String?, contact: String?) {
        self.address = address
        self.channel = channel
        self.contact = contact
    }
}
