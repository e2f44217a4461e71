import Campaigns
import JobQueue

extension EmailMessage {
    /// The bytes of an email on its way; a fault in them is the content's.
    static func encoded(_ message: OutgoingMessage) throws(TransportError) -> [UInt8] {
        let sender: Mailbox
        do { sender = try Mailbox(message.sender) } catch { throw .cannotCompose(error) }
        return try encoded(message, from: sender)
    }

    /// The same where the sender was read before.
    static func encoded(_ message: OutgoingMessage, from sender: Mailbox) throws(TransportError)
        -> [UInt8]
    {
        do {
            return try EmailMessage(
                from: sender,
                to: EmailAddress(message.recipient),
                subject: message.content.subject ?? "",
                text: message.content.text,
                html: message.content.html,
                dateMilliseconds: message.date.milliseconds,
                messageID: MessageID.header(
                    id: message.id,
                    campaignID: message.campaignID,
                    sender: sender
                ),
                headers: message.unsubscribeURL.map(unsubscribeHeaders) ?? []
            ).encoded()
        } catch {
            throw .cannotCompose(error)
        }
    }

    /// What RFC 8058 section 3.1 asks for; one click is for HTTPS only.
    private static func unsubscribeHeaders(_ url: String) -> [(name: String, value: String)] {
        let link = (name: "List-Unsubscribe", value: "<\(url)>")
        guard url.hasPrefix("https://") else { return [link] }
        return [link, (name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click")]
    }
}

extension TransportError {
    fileprivate static func cannotCompose(_ error: any Error) -> TransportError {
        .rejected(.content, reply: "the email cannot be composed: \(error)")
    }
}
