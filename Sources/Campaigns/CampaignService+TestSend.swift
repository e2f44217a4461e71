import JobQueue

extension CampaignService {
    /// Sends the message that a contact would get to an address of the operator's, now.
    ///
    /// It is a campaign of its own, named after the one it tests, with one message: so the transport,
    /// doubts, retries and suppressions are those of any message, and the campaign's own counts are
    /// not touched. `contact` nil takes the first one's values, `channel` nil the first channel.
    package func sendTest(
        of id: ObjectID,
        to address: String,
        contact: String?,
        channel: Channel?,
        key: IdempotencyKey?,
        as caller: Caller
    ) throws(ServiceError) -> AcceptedJob {
        let preview = try preview(id, contact: contact, channel: channel, as: caller)
        guard let content = preview.content else {
            let reason = preview.note ?? preview.exclusion?.rawValue ?? "there is no content"
            throw .unprocessable([
                FieldFault("contact", "\(preview.recipient.excerpt) gets no message: \(reason)")
            ])
        }
        let channel = preview.channel
        guard let templateID = ObjectID(channel.templateID) else {
            throw .store(.corrupt("the campaign's template has no id"))
        }
        let message = NewMessage(
            number: 1,
            channel: channel.channel,
            recipient: try checked(address, on: channel.channel),
            variables: preview.variables,
            timezone: nil,
            parts: channel.channel == .sms ? SMSParts(content.text).count : 1,
            exclusion: nil,
            note: nil
        )
        let spec = CampaignSpec(
            name: "Test of \(try campaign(id, as: caller).spec.name)",
            channels: [channel.channel],
            settings: [
                channel.channel: ChannelSettings(
                    sender: channel.sender,
                    templateID: templateID,
                    version: channel.version
                )
            ],
            contactListIDs: []
        )
        let test = TestSend(
            campaignID: id.description,
            owner: caller.userID,
            newID: mintID(),
            spec: spec,
            message: message,
            maxAttempts: settings.maxAttempts,
            key: key
        )
        let jobs = try accepted { () throws(StoreError) in
            try store.acceptTest(test, now: clock.now)
        }
        guard let job = jobs.first else { throw .store(.notFound("campaign", id.description)) }
        return job
    }

    /// The address as a message bears it.
    private func checked(_ text: String, on channel: Channel) throws(ServiceError) -> String {
        do {
            let text = String(text.trimmingSpaces())
            return channel == .email
                ? try EmailAddress(text).text : try PhoneNumber(text, region: region).e164
        } catch {
            throw .malformed([FieldFault("address", "\(text.excerpt) \(error)")])
        }
    }
}
