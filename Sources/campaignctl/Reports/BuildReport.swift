import APITypes

/// What to know of a campaign before it leaves, on one screen.
struct BuildReport {
    let report: ReportBody

    var lines: [String] {
        var fields = FieldList()
        fields.add("campaign", "\(report.campaignId)  \(report.status)")
        return fields.lines + report.channels.flatMap { [""] + lines(of: $0) }
    }

    private func lines(of channel: ReportBody.Channel) -> [String] {
        var fields = FieldList()
        fields.add(channel.channel, "\(DisplayText.count(channel.built)) built")
        fields.add("excluded", Self.list(channel.excluded))
        fields.add(
            "missing",
            channel.missingVariables.isEmpty
                ? nil
                : channel.missingVariables.map {
                    "\($0.name) (\(DisplayText.count($0.count, "contact")))"
                }.joined(separator: ", ")
        )
        fields.add("parts", channel.sms.map(Self.parts))
        for stray in channel.sms?.strayCharacters ?? [] {
            fields.add("stray", Self.line(of: stray))
        }
        return fields.lines
            + channel.lint.map { rule in
                "  \(rule.ok ? "ok   " : "mind ") \(rule.rule)"
                    + (rule.fault.map { ": " + DisplayText.printable($0) } ?? "")
            }
    }

    private static func list(_ counts: [String: Int64]) -> String? {
        guard !counts.isEmpty else { return nil }
        return counts.sorted { $0.key < $1.key }
            .map { "\(DisplayText.count($0.value)) \($0.key)" }.joined(separator: ", ")
    }

    private static func parts(_ sms: ReportBody.SMS) -> String {
        let counts = sms.messagesByParts.sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }.map {
            "\(DisplayText.count($0.value, "message")) of \($0.key)"
        }
        let detail = counts.isEmpty ? "" : ": " + counts.joined(separator: ", ")
        return "\(DisplayText.count(sms.parts)) sent and charged\(detail)"
    }

    private static func line(of stray: ReportBody.Stray) -> String {
        "\(stray.character) (\(stray.codePoint)) makes "
            + "\(DisplayText.count(stray.messages, "message")) UCS-2, which costs "
            + "\(DisplayText.count(stray.extraParts, "more part"))"
    }
}
