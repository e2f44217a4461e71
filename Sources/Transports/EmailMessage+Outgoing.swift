import Campaigns
import JobQueue

extension EmailMessage {
    /// The bytes of an email on its way; a fault in them is the content's.
    static func encoded(_ message: OutgoingMessage) throws(TransportError) -> [UInt8] {
        do {
            return try EmailMessage(
                from: Mailbox(message.sender),
                to: EmailAddress(message.recipient),
                subject: message.content.subject ?? "",
                text: message.content.text,
                html: message.content.html,
                dateMilliseconds: message.date.milliseconds,
                messageID: MessageID.header(
                    id: message.id,
                    campaignID: message.campaignID,
                    sender: message.sender
                ),
                headers: message.unsubscribeURL.map(unsubscribeHeaders) ?? []
            ).encoded()
        } catch {
            throw .rejected(.content, reply: "the email cannot be composed: \(error)")
        }
    }

    /// What RFC 8058 section 3.1 asks for; one click is for HTTPS only.
    private static func unsubscribeHeaders(_ url: String) -> [(name: String, value: String)] {
        let link = (name: "List-Unsubscribe", value: "<\(url)>")
        guard url.hasPrefix("https://") else { return [link] }
        return [link, (name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click")]
    }
}
