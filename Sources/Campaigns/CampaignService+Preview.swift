import JobQueue

/// A message as a recipient would get it.
package struct Preview: Sendable {
    package var channel: BuildChannel
    package var recipient: String
    /// The message, once it is built.
    package var messageID: Int64?
    /// The content; nil where the recipient gets none.
    package var content: RenderedContent?
    /// What it was rendered with, the link excepted.
    package var variables: [String: String] = [:]
    package var exclusion: Exclusion?
    /// What the exclusion is about.
    package var note: String?
    /// A link like the recipient's, which opens nothing.
    package var unsubscribeURL: String?
}

extension CampaignService {
    /// Renders a campaign's message to one contact, or to the first one.
    ///
    /// A built campaign shows what it built, another one what a build would make now. `channel` nil
    /// is the first one of the campaign.
    package func preview(
        _ id: ObjectID,
        contact: String?,
        channel: Channel?,
        as caller: Caller
    ) throws(ServiceError) -> Preview {
        let plan = try previewPlan(of: id, as: caller)
        let chosen = channel.map { name in plan.channels.first { $0.channel == name } }
        guard let chosen = chosen ?? plan.channels.first else {
            throw .unprocessable([FieldFault("channel", "the campaign does not use it")])
        }
        let recipient = try recipient(contact, on: chosen.channel)
        if let built = try built(plan, chosen, recipient) { return built }
        guard let found = try unbuilt(plan, chosen, recipient) else {
            throw .store(
                .notFound("message of campaign \(id) on \(chosen.channel.rawValue)", contact ?? "")
            )
        }
        return found
    }

    private func recipient(_ contact: String?, on channel: Channel) throws(ServiceError)
        -> RecipientKey?
    {
        guard let contact else { return nil }
        do {
            return try RecipientKey(channel: channel, contact, region: region)
        } catch {
            throw .malformed([FieldFault("contact", error.message)])
        }
    }

    /// What a campaign is made of.
    package func previewPlan(of id: ObjectID, as caller: Caller) throws(ServiceError)
        -> PreviewPlan
    {
        let plan = try stored { () throws(StoreError) in
            try store.previewPlan(of: id.description, owner: caller.userID)
        }
        guard let plan else { throw .store(.notFound("campaign", id.description)) }
        return plan
    }

    private func built(
        _ plan: PreviewPlan,
        _ channel: BuildChannel,
        _ recipient: RecipientKey?
    ) throws(ServiceError) -> Preview? {
        let message = try stored { () throws(StoreError) in
            try store.builtMessage(of: plan.seq, on: channel.channel, to: recipient)
        }
        guard let message else { return nil }
        var preview = Preview(
            channel: channel,
            recipient: message.recipient,
            messageID: message.id,
            exclusion: message.exclusion,
            note: message.note
        )
        if message.exclusion == nil { try render(&preview, message.variables) }
        return preview
    }

    private func unbuilt(
        _ plan: PreviewPlan,
        _ channel: BuildChannel,
        _ recipient: RecipientKey?
    ) throws(ServiceError) -> Preview? {
        // Behind every contact without an address, or before those with this one.
        let place = ContactPosition(
            key: recipient?.address ?? "",
            contactID: recipient == nil ? .max : 0
        )
        for list in plan.lists where list.takesPart(in: channel.channel) {
            let contact = try stored { () throws(StoreError) in
                try store.contacts(of: list, channel: channel.channel, after: place, limit: 1)
            }.first
            guard let contact, recipient.map({ contact.position.key == $0.address }) ?? true else {
                continue
            }
            var preview = Preview(channel: channel, recipient: contact.address)
            guard !contact.isSuppressed else {
                preview.exclusion = .suppressed
                return preview
            }
            try render(&preview, contact.variables, contact)
            return preview
        }
        return nil
    }

    private func render(
        _ preview: inout Preview,
        _ variables: [String: String],
        _ contact: BuildContact? = nil
    ) throws(ServiceError) {
        let channel = preview.channel
        let recipient = RecipientKey(channel: channel.channel, stored: preview.recipient)
        do {
            let template = try CompiledTemplate(channel)
            let variables = contact?.variables(for: template) ?? variables
            preview.variables = variables
            preview.content = try template.render(
                variables,
                linking: recipient,
                below: settings.publicURL
            )
        } catch let error as RenderError {
            preview.exclusion = .renderError
            preview.note = error.description
        } catch {
            throw .unprocessable([FieldFault("", "template \(channel.templateID): \(error)")])
        }
        guard let publicURL = settings.publicURL, channel.channel == .email else { return }
        preview.unsubscribeURL = UnsubscribeLinks.sample(for: recipient, publicURL: publicURL)
    }
}

extension CompiledTemplate {
    /// The template of a channel at its version.
    package init(_ channel: BuildChannel) throws(TemplateError) {
        try self.init(
            channel: channel.channel,
            subject: channel.content.subject,
            text: channel.content.text,
            html: channel.content.html
        )
    }
}
