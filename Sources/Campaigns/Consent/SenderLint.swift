/// Something about a campaign that large mailbox providers, carriers or the law mind.
package struct LintFinding: Sendable, Equatable {
    /// The rules that are looked at.
    package enum Rule: String, CaseIterable, Sendable {
        /// RFC 8058's headers, which Gmail and Yahoo ask of bulk senders.
        case oneClickHeaders = "one-click-headers"
        /// A link in the text and in the HTML by which a reader opts out.
        case visibleLink = "visible-link"
        /// A domain whose mail the sender's own servers may send.
        case fromDomain = "from-domain"
        /// A text beside the HTML, not only a line of it.
        case textPart = "text-part"
        /// A text message says how to stop.
        case stopWord = "stop-word"
    }

    package var channel: Channel
    package var rule: Rule
    /// What is wrong and what to do; nil where the rule is kept.
    package var fault: String?
}

/// Checks what can be told of a campaign before anything leaves.
///
/// The rules of Gmail, Yahoo and Outlook for bulk senders (support.google.com/a/answer/81126), as far
/// as they can be seen from here: DNS and reputation cannot.
package struct SenderLint {
    private let publicURL: String?
    private let words: ConsentWords

    /// Makes a check; `publicURL` is where recipients' links lie, if there are any.
    package init(publicURL: String?, words: ConsentWords) {
        self.publicURL = publicURL
        self.words = words
    }

    /// Every rule of the channel, kept or not.
    package func findings(in channel: BuildChannel) -> [LintFinding] {
        let faults: [(LintFinding.Rule, String?)] =
            switch channel.channel {
            case .email:
                [
                    (.oneClickHeaders, oneClickFault), (.visibleLink, linkFault(in: channel)),
                    (.fromDomain, domainFault(of: channel)), (.textPart, textFault(in: channel)),
                ]
            case .sms: [(.stopWord, stopFault(in: channel))]
            case .voice: []
            }
        return faults.map { LintFinding(channel: channel.channel, rule: $0.0, fault: $0.1) }
    }

    private var oneClickFault: String? {
        guard let publicURL else {
            return "emails bear no List-Unsubscribe header: set http.public and http.publicUrl"
        }
        return publicURL.hasPrefix("https://")
            ? nil : "http.publicUrl is not https, which one-click unsubscribing needs (RFC 8058)"
    }

    private func linkFault(in channel: BuildChannel) -> String? {
        let parts = [("text", channel.content.text), ("HTML", channel.content.html)]
        let without = parts.filter { part in
            part.1.map { !$0.contains(UnsubscribeLinks.variable) } ?? false
        }.map(\.0)
        guard !without.isEmpty else { return nil }
        return "the \(without.joined(separator: " and the ")) shows no unsubscribe link: print "
            + "{{\(UnsubscribeLinks.variable)}}"
    }

    private func domainFault(of channel: BuildChannel) -> String? {
        guard let domain = (try? Mailbox(channel.sender))?.address.domain else { return nil }
        if Self.mailboxProviders.contains(String(domain)) {
            return "the sender's domain \(domain) lets nobody else send its mail (DMARC): use a "
                + "domain of your own"
        }
        let isReserved = Self.reservedDomains.contains {
            domain == $0 || domain.hasSuffix(".\($0)")
        }
        return isReserved
            ? "the sender's domain \(domain) does not exist outside of examples (RFC 2606)" : nil
    }

    private func textFault(in channel: BuildChannel) -> String? {
        guard let html = channel.content.html else { return nil }
        return channel.content.text.utf8.count * 20 < html.utf8.count
            ? "the text is not a twentieth of the HTML: say in it what the HTML says" : nil
    }

    private func stopFault(in channel: BuildChannel) -> String? {
        let text = channel.content.text
        let said = text.split { !$0.isLetter }.contains { words.verdict(on: String($0)) == .stop }
        return said || text.contains(UnsubscribeLinks.variable)
            ? nil : "the text does not say how to stop: add for example \"Reply STOP to end\""
    }

    /// Domains with a DMARC policy that rejects what others send in their name.
    private static let mailboxProviders: Set<String> = [
        "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com",
        "live.com", "mac.com", "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me",
        "protonmail.com", "web.de", "yahoo.com", "ymail.com", "zoho.com",
    ]
    private static let reservedDomains = [
        "example", "example.com", "example.net", "example.org", "invalid", "localhost", "test",
    ]
}
