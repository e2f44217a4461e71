import APITypes
import Foundation
import TestSupport
import Testing

/// Somebody with `campaignctl --json` in hand.
struct Operator {
    let daemon: TemporaryDaemon

    /// A campaign never got to where a test waited for it.
    struct Stuck: Error {
        let campaign: CampaignBody
    }

    /// A command that should have worked.
    struct Refused: Error, CustomStringConvertible {
        let arguments: [String]
        let result: TemporaryDaemon.CommandResult

        var description: String {
            "campaignctl \(arguments.joined(separator: " ")): \(result.end) \(result.errors)"
                + result.output.prefix(500)
        }
    }

    /// Runs a command that may fail.
    func run(_ arguments: String..., input: String? = nil) throws
        -> TemporaryDaemon.CommandResult
    {
        try daemon.control(arguments + ["--json"], input: input)
    }

    /// The one document that a command prints.
    func read<Body: Decodable>(_ type: Body.Type, _ arguments: String..., input: String? = nil)
        throws -> Body
    {
        let output = try succeed(arguments, input: input)
        return try JSONCoding.decode(type, from: Data(output.utf8))
    }

    /// The documents that a command prints, one a line.
    func lines<Body: Decodable>(_ type: Body.Type, _ arguments: String...) throws -> [Body] {
        try succeed(arguments, input: nil).split(separator: "\n").map {
            try JSONCoding.decode(type, from: Data($0.utf8))
        }
    }

    private func succeed(_ arguments: [String], input: String?) throws -> String {
        let result = try daemon.control(arguments + ["--json"], input: input)
        guard result.end == .exited(0) else {
            throw Refused(arguments: arguments, result: result)
        }
        return result.output
    }
}

// MARK: Setting up

extension Operator {
    /// Stores a template and answers its id.
    func putTemplate(
        _ channel: String = "email",
        subject: String? = "Hello {{name}}",
        text: String = "Dear {{name}},\nthis is for you.\n",
        html: String? = nil
    ) throws -> String {
        var arguments = ["templates", "put", "--channel", channel, "--name", "A \(channel)"]
        if channel == "email", let subject { arguments += ["--subject", subject] }
        let file = "\(daemon.folder)/template-\(UUID().uuidString)"
        try TestFile.write(text, to: file + ".txt")
        arguments += ["--text", file + ".txt"]
        if let html {
            try TestFile.write(html, to: file + ".html")
            arguments += ["--html", file + ".html"]
        }
        let output = try succeed(arguments, input: nil)
        return try JSONCoding.decode(TemplatePutReply.self, from: Data(output.utf8)).templateId
    }

    /// Imports a list and answers its id.
    func importList(_ csv: String, name: String = "People") throws -> String {
        let file = "\(daemon.folder)/contacts-\(UUID().uuidString).csv"
        try TestFile.write(csv, to: file)
        return try read(ImportBody.self, "lists", "import", file, "--name", name).contactListId
    }

    /// A campaign by email, as the body of the seed's create call.
    func emailSpec(template: String, list: String, name: String = "News") -> String {
        """
        {"name":"\(name)","channel":["email"],"contactListId":["\(list)"],"settings":\
        {"email":{"fromEmail":"News <news@example.com>","templateId":"\(template)"}}}
        """
    }

    /// Enqueues an email campaign to these contacts, with a template of its own.
    @discardableResult
    func enqueueEmail(to contacts: Contacts, options: String...) throws -> String {
        let spec = emailSpec(
            template: try putTemplate(),
            list: try importList(contacts.csv)
        )
        return try enqueue(spec, options)
    }

    /// Enqueues a campaign and answers its id.
    @discardableResult
    func enqueue(_ spec: String, _ options: [String] = []) throws -> String {
        let output = try succeed(["enqueue", "-"] + options, input: spec)
        let job = try JSONCoding.decode(JobBody.self, from: Data(output.utf8))
        return try #require(job.campaignId)
    }
}

// MARK: Looking

extension Operator {
    func campaign(_ id: String) throws -> CampaignBody {
        try read(CampaignBody.self, "campaigns", "show", id)
    }

    /// The campaign's messages, of one state or all.
    func messages(_ campaign: String, state: String? = nil) throws -> [MessageBody] {
        guard let state else {
            return try lines(MessageBody.self, "campaigns", "messages", campaign)
        }
        return try lines(
            MessageBody.self,
            "campaigns",
            "messages",
            campaign,
            "--state",
            state
        )
    }

    func status() throws -> StatusBody { try read(StatusBody.self, "status") }

    /// How the email transport stands.
    func emailTransport() throws -> TransportStatusBody {
        try #require(status().transports.first { $0.channel == "email" })
    }

    func job(_ id: Int64) throws -> JobBody { try read(JobBody.self, "jobs", "show", "\(id)") }

    /// Waits for a campaign's end, good or bad, and answers its status.
    @discardableResult
    func wait(for campaign: String, timeout: String = "55s") throws -> String {
        let result = try run("wait", campaign, "--timeout", timeout)
        return try JSONCoding.decode(WaitBody.self, from: Data(result.output.utf8)).status
    }

    /// Asks again and again until a campaign is as it should be, and answers it.
    @discardableResult
    func watch(_ id: String, until isThere: (CampaignBody) -> Bool) throws -> CampaignBody {
        for _ in 0..<Self.patience {
            let campaign = try campaign(id)
            if isThere(campaign) { return campaign }
        }
        throw Stuck(campaign: try campaign(id))
    }

    /// Questions, each of which takes a process some 30 ms.
    private static let patience = 1_000
}
