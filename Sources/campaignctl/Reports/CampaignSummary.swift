import APITypes
import Campaigns
import JobQueue

/// A campaign on one screen.
struct CampaignSummary {
    let campaign: CampaignBody
    let now: Timestamp

    var lines: [String] {
        var fields = FieldList()
        fields.add("campaign", "\(campaign.campaignId)  \(campaign.name)")
        fields.add("status", status)
        fields.add("until", until)
        fields.add("messages", messages)
        fields.add("excluded", excluded)
        fields.add("delivery", delivery)
        fields.add("rate", campaign.ratePerSecond.map { "\(PaceText.rate($0)) at most" })
        for pace in campaign.pace ?? [] {
            fields.add("pace", PaceText.pace(pace, to: now))
            fields.add("done", PaceText.end(pace, to: now))
        }
        for channel in campaign.channel { fields.add(channel, settings(of: channel)) }
        fields.add("lists", lists)
        fields.add("digest", campaign.digest)
        fields.add("carried by", remote)
        if let remote = campaign.remote, !remote.duplicates.isEmpty {
            fields.add("duplicates", "never built: " + remote.duplicates.joined(separator: ", "))
        }
        fields.add("test of", campaign.testOf)
        fields.add("job", campaign.job.map { "\($0.id)  \($0.kind)  \(JobTable.state(of: $0))" })
        let log = campaign.changeLog.map { "  \(TimeText.absolute($0.updateAt))  \($0.status)" }
        return fields.lines + ["", "change log (UTC)"] + log + next
    }

    // MARK: Fields

    private var status: String {
        campaign.reason.map { "\(campaign.status): \($0)" } ?? campaign.status
    }

    private var until: String? {
        guard let until = campaign.until else { return nil }
        guard let date = campaign.sendAt else { return until }
        return "\(until), \(TimeText.absolute(date)) UTC (\(TimeText.relative(date, to: now)))"
    }

    private var messages: String? {
        guard campaign.remote == nil, let counts = campaign.messages else { return nil }
        let tally = MessageTally(counts)
        guard tally.total > 0 else { return "none yet" }
        return "\(DisplayText.count(tally.total)) built: \(tally.text)"
    }

    private var excluded: String? {
        guard let reasons = campaign.excluded, !reasons.isEmpty else { return nil }
        return reasons.sorted { $0.key < $1.key }
            .map { "\(DisplayText.count($0.value)) \($0.key)" }.joined(separator: ", ")
    }

    private var delivery: String? {
        let transports = (campaign.transports ?? [:]).sorted { $0.key < $1.key }
            .map { "\($0.key) by \($0.value)" }.joined(separator: ", ")
        let files = campaign.deliveredToFiles == true ? "delivered to files" : ""
        let text = [transports, files].filter { !$0.isEmpty }.joined(separator: "; ")
        return text.isEmpty ? nil : text
    }

    private func settings(of channel: String) -> String? {
        guard let settings = campaign.settings[channel] else { return nil }
        let sender = settings.fromEmail ?? settings.shortCode ?? settings.callerId ?? "-"
        let version = settings.version.map { "version \($0)" } ?? "newest version"
        return "from \(sender), template \(settings.templateId), \(version)"
    }

    /// The account, and what its server shows.
    private var remote: String? {
        guard let account = campaign.account, account != "local" else { return nil }
        guard let remote = campaign.remote else { return "account \(account), not asked yet" }
        var text = "account \(account), as \(remote.campaignId ?? "an id not known yet")"
        if let status = remote.status { text += ", there \(status)" }
        if let seenAt = remote.seenAt { text += " \(TimeText.relative(seenAt, to: now))" }
        if let asked = remote.asked, let standing = remote.standing {
            text += "; \(asked) \(standing)"
        }
        let counts = remote.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return counts.isEmpty ? text : "\(text): \(counts.joined(separator: ", "))"
    }

    private var lists: String {
        campaign.contactListId.enumerated().map { index, list in
            let initial = campaign.stats.initContacts
            let contacts =
                index < initial.count
                ? ": " + DisplayText.count(initial[index].contacts, "contact") : ""
            return "\(list.name) (\(list.id)\(contacts))"
        }.joined(separator: ", ")
    }

    // MARK: What comes next

    private var next: [String] {
        let commands = self.commands
        return commands.isEmpty ? [] : ["", "next"] + commands.map { "  " + $0 }
    }

    private var commands: [String] {
        let id = campaign.campaignId
        let tally = MessageTally(campaign.messages ?? [:])
        var commands: [String] = []
        if campaign.status == CampaignStatus.paused.rawValue {
            commands.append("campaignctl campaigns resume \(id)")
        }
        if tally.count(.unknown) > 0 {
            commands.append("campaignctl campaigns messages \(id) --state unknown")
            commands.append(
                "campaignctl messages resolve --campaign \(id) --state unknown --sent | --resend"
            )
        }
        if tally.count(.failed) > 0 {
            commands.append("campaignctl campaigns messages \(id) --state failed")
        }
        if campaign.status == CampaignStatus.failed.rawValue, let job = campaign.job {
            commands.append("campaignctl jobs show \(job.id)")
        }
        if campaign.status == CampaignStatus.build.rawValue, campaign.until == "build" {
            commands.append("campaignctl enqueue send \(id)")
        }
        return commands
    }
}
