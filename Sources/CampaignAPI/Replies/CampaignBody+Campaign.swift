import APITypes
import Campaigns
import JobQueue

extension CampaignBody {
    /// The seed's fields.
    init(_ campaign: Campaign) {
        let spec = campaign.spec
        self.init(
            campaignId: campaign.id,
            name: spec.name,
            channel: spec.channels.map(\.rawValue),
            status: campaign.status.rawValue,
            settings: Dictionary(
                uniqueKeysWithValues: spec.settings.map { channel, settings in
                    (channel.rawValue, ChannelSettingsBody(settings, of: channel))
                }
            ),
            contactListId: campaign.shownLists.map { ListReferenceBody(id: $0.id, name: $0.name) },
            changeLog: campaign.changeLog.map {
                ChangeBody(status: $0.status.rawValue, updateAt: $0.at.description)
            },
            createdAt: campaign.createdAt.description,
            stats: CampaignStatsBody(campaign)
        )
    }

    /// All fields, the newest job's excepted.
    init(detailed campaign: Campaign) {
        self.init(campaign)
        messages = campaign.messagesByState
        excluded = campaign.excludedByReason
        reason = campaign.reason
        until = campaign.until.rawValue
        sendAt = campaign.date?.description
        digest = campaign.digest
        testOf = campaign.testOf
        transports = Dictionary(
            uniqueKeysWithValues: campaign.transports.map { ($0.key.rawValue, $0.value) }
        )
        deliveredToFiles = campaign.isDeliveredToFiles
        account = campaign.account
        remote = campaign.remote.map { RemoteBody($0) }
    }
}

extension ChannelSettingsBody {
    init(_ settings: ChannelSettings, of channel: Channel) {
        self.init(templateId: settings.templateID.description, version: settings.version)
        switch channel {
        case .email: fromEmail = settings.sender
        case .sms: shortCode = settings.sender
        case .voice: callerId = settings.sender
        }
    }
}

extension CampaignStatsBody {
    /// Messages by the seed's words, in the order of a message's life; those excluded at build
    /// are not counted.
    init(_ campaign: Campaign) {
        if let remote = campaign.remote {
            self.init(
                result: (remote.mirror?.counts ?? []).map {
                    Count(status: $0.status, count: $0.count)
                },
                initContacts: campaign.shownLists.map {
                    InitialContacts(name: $0.name, contacts: $0.contacts)
                }
            )
            return
        }
        var counts: [String: Int64] = [:]
        for count in campaign.counts where count.isBuilt {
            counts[count.state.statName, default: 0] += count.count
        }
        var result: [Count] = []
        for state in MessageState.allCases {
            guard let count = counts.removeValue(forKey: state.statName), count > 0 else {
                continue
            }
            result.append(Count(status: state.statName, count: count))
        }
        self.init(
            result: result,
            initContacts: campaign.lists.map {
                InitialContacts(name: $0.name, contacts: $0.contacts)
            }
        )
    }
}

extension CampaignProgressBody {
    /// Counts for a progress bar.
    init(_ campaign: Campaign) {
        self.init(
            campaignId: campaign.id,
            status: campaign.status.rawValue,
            until: campaign.until.rawValue,
            messages: campaign.messagesByState,
            excluded: campaign.excludedByReason,
            deliveredToFiles: campaign.isDeliveredToFiles
        )
    }
}

extension Campaign {
    /// The lists as taken here, or as the server that carries the campaign shows them.
    fileprivate var shownLists: [CampaignList] {
        guard account != CampaignService.localAccount else { return lists }
        let shown = remote?.mirror?.lists ?? []
        guard shown.isEmpty else {
            return shown.map { CampaignList(id: $0.id, name: $0.name, contacts: $0.contacts) }
        }
        return spec.contactListIDs.map { id in
            CampaignList(id: id.description, name: "", contacts: 0)
        }
    }

    fileprivate var messagesByState: [String: Int64] {
        counts.reduce(into: [:]) { sums, count in
            if count.isBuilt, count.count > 0 {
                sums[count.state.rawValue, default: 0] += count.count
            }
        }
    }

    fileprivate var excludedByReason: [String: Int64] {
        counts.reduce(into: [:]) { sums, count in
            if !count.isBuilt, count.count > 0 {
                sums[count.detail, default: 0] += count.count
            }
        }
    }

    /// Whether the spool took a channel's messages: then nobody got them.
    fileprivate var isDeliveredToFiles: Bool { transports.values.contains("spool") }
}
