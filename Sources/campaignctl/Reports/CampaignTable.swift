import APITypes
import JobQueue

/// Campaigns as a table.
enum CampaignTable {
    static func table(of campaigns: [CampaignBody], now: Timestamp) -> Table {
        var table = Table([
            .text("id"), .text("status"), .flexible("name"), .text("channels"), .text("made"),
            .flexible("messages"),
        ])
        for campaign in campaigns {
            table.add([
                campaign.campaignId, campaign.status, campaign.name,
                campaign.channel.joined(separator: ","),
                TimeText.relative(campaign.createdAt, to: now), messages(of: campaign),
            ])
        }
        return table
    }

    private static func messages(of campaign: CampaignBody) -> String {
        if let messages = campaign.messages { return MessageTally(messages).text }
        return campaign.stats.result.map {
            "\(DisplayText.count($0.count)) \($0.group.status.lowercased())"
        }.joined(separator: ", ")
    }
}
