import JobQueue

/// A sending campaign as its dispatcher sees it.
struct DispatchLane {
    /// Its rate may change while it is sent; nothing else does.
    var campaign: SendingCampaign
    let template: CompiledTemplate
    /// When its next message is due; nil if none waits.
    ///
    /// In the past: there is more to claim.
    var nextDue: Timestamp?
    var hasSuspects = true
    /// What of it went lately.
    var meter = RateMeter()

    init(_ campaign: SendingCampaign) throws(TemplateError) {
        self.campaign = campaign
        template = try CompiledTemplate(
            channel: campaign.channel,
            subject: campaign.content.subject,
            text: campaign.content.text,
            html: campaign.content.html
        )
        nextDue = Timestamp(milliseconds: 0)
    }

    /// Priority 1 gets nine messages where priority 9 gets one.
    var weight: Int { 10 - campaign.priority }

    func isReady(_ now: Timestamp) -> Bool {
        nextDue.map { $0 <= now } ?? false
    }
}
