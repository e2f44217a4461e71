import APITypes
import Campaigns
import JobQueue

extension MessageBody {
    /// The message as lists show it; `sender` is its campaign's on email.
    init(_ message: Message, sender: String?) {
        self.init(
            id: message.id, recipient: message.recipient, channel: message.channel.rawValue,
            state: message.state.rawValue, attempts: message.attempts,
            lastReply: message.lastReply,
            messageId: message.channel == .email && message.state != .skipped
                ? sender.map {
                    MessageID.header(id: message.id, campaignID: message.campaignID, sender: $0)
                } : nil,
            doubts: message.doubts, fault: message.fault?.rawValue,
            exclusion: message.exclusion?.rawValue,
            nextAttemptAt: message.nextAttemptAt?.description)
    }
}

extension TemplateBody {
    /// The template and its newest version's number.
    init(_ template: Template) {
        self.init(
            templateId: template.id, name: template.name, channel: template.channel.rawValue,
            version: template.version, createdAt: template.createdAt.description,
            updatedAt: template.updatedAt.description,
            deletedAt: template.deletedAt?.description)
    }
}

extension ListBody {
    /// The list as it stands.
    init(_ list: ContactList) {
        self.init(
            contactListId: list.id, name: list.name, channel: list.channel?.rawValue,
            contacts: list.contacts, createdAt: list.createdAt.description,
            updatedAt: list.updatedAt.description, deletedAt: list.deletedAt?.description)
    }
}

extension ActionBody {
    /// What came of an action.
    init(_ summary: ActionSummary, dryRun: Bool) {
        self.init(
            matched: summary.matched, changed: summary.changed,
            refused: summary.refused.map {
                Refusal(id: $0.id, state: $0.state, reason: $0.reason)
            },
            dryRun: dryRun)
    }
}
