import APITypes
import TestSupport
import Testing

extension CampaignBody {
    /// All messages, whatever their state.
    var built: Int64 { messages?.values.reduce(0, +) ?? 0 }

    /// How many messages are in a state.
    func count(_ state: String) -> Int64 { messages?[state] ?? 0 }
}

extension Operator {
    /// Checks that a campaign's counts add up to what was built, and agree with its rows.
    ///
    /// Rows and counts are read by two commands: ask where nothing moves between them.
    @discardableResult
    func checkBooks(
        of id: String,
        built: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [MessageBody] {
        let campaign = try campaign(id)
        let messages = try messages(id)
        let rows = Dictionary(grouping: messages.filter { $0.exclusion == nil }, by: \.state)
            .mapValues { Int64($0.count) }
        #expect(campaign.messages == rows, sourceLocation: sourceLocation)
        checkSum(of: campaign, built: built, sourceLocation: sourceLocation)
        return messages
    }

    /// Checks that the counts add up, at whatever moment the campaign was looked at.
    func checkSum(
        of campaign: CampaignBody,
        built: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let isBuilt = campaign.status != "DRAFT" && campaign.status != "BUILDING"
        #expect(
            isBuilt ? campaign.built == built : campaign.built <= built,
            "\(campaign.status): \(campaign.messages ?? [:])",
            sourceLocation: sourceLocation
        )
    }
}

extension ScriptedSMTPServer.Message {
    /// The value of a header, as it was sent.
    func header(_ name: String) -> String? {
        let head = String(decoding: content, as: UTF8.self).split(separator: "\r\n\r\n")[0]
        return head.split(separator: "\r\n").first { $0.hasPrefix("\(name): ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    var recipient: String { recipients.first ?? "" }
    var text: String { String(decoding: content, as: UTF8.self) }
}

/// What a server saw of each recipient.
struct Copies {
    private let byRecipient: [String: [ScriptedSMTPServer.Message]]

    init(_ messages: [ScriptedSMTPServer.Message]) {
        byRecipient = Dictionary(grouping: messages, by: \.recipient)
    }

    subscript(recipient: String) -> [ScriptedSMTPServer.Message] { byRecipient[recipient] ?? [] }

    /// Those who were sent the message more than once.
    var repeated: [String] { byRecipient.filter { $0.value.count > 1 }.keys.sorted() }
}
