import ArgumentParser
import FoundationEssentials
import Testing

@testable import campaignctl

@Suite("Help", .timeLimit(.minutes(10)))
struct HelpTests {
    /// Every command, by the words that call it.
    static let commands = tree(of: CampaignCtl.self, named: "campaignctl")

    @Test(
        "the help of each command is the one that was reviewed",
        arguments: commands.keys.sorted()
    )
    func snapshot(name: String) throws {
        let command = try #require(Self.commands[name])
        let help = CampaignCtl.helpMessage(for: command, columns: 80) + "\n"
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Snapshots")
            .appending(path: name.split(separator: " ").joined(separator: "-") + ".txt")
        if Self.isRecording { try Data(help.utf8).write(to: file) }
        let reviewed = try String(contentsOf: file, encoding: .utf8)
        #expect(help == reviewed, "CAMPAIGNCTL_RECORD_HELP=1 swift test --filter HelpTests")
    }

    @Test("every command that does something has examples", arguments: commands.keys.sorted())
    func examples(name: String) throws {
        let command = try #require(Self.commands[name])
        guard command is any SessionCommand.Type else { return }
        #expect(command.configuration.discussion.contains("EXAMPLES\n  \(name)"))
    }

    @Test("no example is broken over two lines", arguments: commands.keys.sorted())
    func exampleWidth(name: String) throws {
        let command = try #require(Self.commands[name])
        let lines = command.configuration.discussion.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("  ") && $0.count > 80 } == [])
    }

    @Test("no snapshot is left of a command that is gone")
    func leftovers() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Snapshots")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let names = Self.commands.keys.map { $0.split(separator: " ").joined(separator: "-") }
        #expect(Set(files) == Set(names.map { $0 + ".txt" }))
    }

    private static let isRecording =
        ProcessInfo.processInfo.environment["CAMPAIGNCTL_RECORD_HELP"] == "1"

    private static func tree(
        of command: any ParsableCommand.Type,
        named name: String
    ) -> [String: any ParsableCommand.Type] {
        var commands: [String: any ParsableCommand.Type] = [name: command]
        let configuration = command.configuration
        let groups = configuration.groupedSubcommands.flatMap(\.subcommands)
        for child in configuration.ungroupedSubcommands + groups {
            let words = "\(name) \(child.configuration.commandName ?? "")"
            commands.merge(tree(of: child, named: words)) { first, _ in first }
        }
        return commands
    }
}
