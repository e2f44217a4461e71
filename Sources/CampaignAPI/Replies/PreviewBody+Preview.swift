import APITypes
import Campaigns

extension PreviewBody {
    /// The message as it would leave.
    init(_ preview: Preview) {
        self.init(
            channel: preview.channel.channel.rawValue,
            sender: preview.channel.sender,
            recipient: preview.recipient,
            templateId: preview.channel.templateID,
            version: preview.channel.version
        )
        id = preview.messageID
        subject = preview.content?.subject
        text = preview.content?.text
        html = preview.content?.html
        unsubscribeURL = preview.unsubscribeURL
        exclusion = preview.exclusion?.rawValue
        note = preview.note
        guard preview.channel.channel == .sms, let text else { return }
        let sms = SMSParts(text)
        parts = sms.count
        encoding = sms.encoding.rawValue
        strayCharacter = sms.firstOutsideGSM.map { String(Character($0)) }
    }
}

extension ReportBody {
    /// The report of a campaign.
    init(_ report: CampaignReport) {
        self.init(
            campaignId: report.campaign.id,
            status: report.campaign.status.rawValue,
            channels: report.channels.map { Channel($0, of: report) }
        )
    }
}

extension ReportBody.Channel {
    fileprivate init(_ name: Campaigns.Channel, of report: CampaignReport) {
        let counts = report.campaign.counts.filter { $0.channel == name && $0.count > 0 }
        self.init(
            channel: name.rawValue,
            built: counts.filter(\.isBuilt).reduce(0) { $0 + $1.count },
            excluded: counts.filter { !$0.isBuilt }.reduce(into: [:]) { sums, count in
                sums[count.detail, default: 0] += count.count
            },
            missingVariables: report.findings(.missingVariable, on: name).map {
                ReportBody.Count(name: $0.detail, count: $0.count)
            },
            sms: name == .sms ? ReportBody.SMS(report) : nil,
            lint: report.lint.filter { $0.channel == name }.map {
                ReportBody.Lint(rule: $0.rule.rawValue, ok: $0.fault == nil, fault: $0.fault)
            }
        )
    }
}

extension ReportBody.SMS {
    fileprivate init(_ report: CampaignReport) {
        let byParts = report.findings(.parts, on: .sms)
        let costs = Dictionary(
            uniqueKeysWithValues: report.findings(.strayCost, on: .sms).map {
                ($0.detail, $0.count)
            }
        )
        self.init(
            parts: byParts.reduce(0) { $0 + (Int64($1.detail) ?? 0) * $1.count },
            messagesByParts: byParts.reduce(into: [:]) { $0[$1.detail] = $1.count },
            strayCharacters: report.findings(.stray, on: .sms).map { stray in
                ReportBody.Stray(
                    character: stray.detail,
                    codePoint: stray.detail.codePoints,
                    messages: stray.count,
                    extraParts: costs[stray.detail] ?? 0
                )
            }
        )
    }
}

extension String {
    /// As in `U+2019`.
    fileprivate var codePoints: String {
        unicodeScalars.map { scalar in
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        }.joined(separator: " ")
    }
}
