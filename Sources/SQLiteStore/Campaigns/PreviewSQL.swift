/// What previews and reports read, and what a build writes for them.
enum PreviewSQL {
    /// Read as `CampaignSQL.pinnedChannels` is, also before anything is pinned.
    static let channels = """
        SELECT campaign_channel.channel, campaign_channel.sender, campaign_channel.template_id,
            template_version.version, template_version.subject, template_version.text,
            template_version.html
        FROM campaign_channel
        JOIN template ON template.id = campaign_channel.template_id
        JOIN template_version ON template_version.template_id = template.id
            AND template_version.version =
                COALESCE(campaign_channel.template_version, template.version)
        WHERE campaign_channel.campaign = ?
        """
    /// Read as `CampaignSQL.pinnedLists` is, also before anything is pinned.
    static let lists = """
        SELECT campaign_list.list, contact_list.channel,
            COALESCE(campaign_list.revision, contact_list.revision), contact_list.contacts
        FROM campaign_list JOIN contact_list ON contact_list.seq = campaign_list.list
        WHERE campaign_list.campaign = ? ORDER BY campaign_list.position
        """
    private static let builtColumns = "id, recipient, variables, exclusion, last_reply"
    static let firstBuilt = """
        SELECT \(builtColumns) FROM message
        WHERE id BETWEEN ? AND ? AND channel = ? AND exclusion IS NULL ORDER BY id LIMIT 1
        """
    /// An address that was listed twice has its message and its duplicates: the message comes first.
    static let builtFor = """
        SELECT \(builtColumns) FROM message
        WHERE id BETWEEN ? AND ? AND channel = ? AND LOWER(recipient) = ? ORDER BY id LIMIT 1
        """
    static let find = """
        INSERT INTO build_finding (campaign, channel, kind, detail, n) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (campaign, channel, kind, detail) DO UPDATE SET n = n + excluded.n
        """
    static let found = """
        SELECT channel, kind, detail, n FROM build_finding WHERE campaign = ?
        ORDER BY channel, kind, n DESC, detail
        """
}
