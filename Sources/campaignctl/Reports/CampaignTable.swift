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
                TimeText.relative(campaign.createdAt, to: now),
                campaign.messages.map { MessageTally($0).text },
            ])
        }
        return table
    }
}

extension CampaignStatsBody {
    /// "7 pending, 3 sent".
    var text: String {
        result.map { "\(DisplayText.count($0.count)) \($0.group.status.lowercased())" }
            .joined(separator: ", ")
    }
}
