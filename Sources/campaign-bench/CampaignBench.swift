import ArgumentParser
import Foundation

/// Measures the product and, in the same run, the floor under it.
@main
struct CampaignBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaign-bench",
        abstract: "Measures campaignd beside the raw libraries it stands on.",
        discussion: """
            Each scenario runs in a process and a folder of its own. Rounds of the floor and of the \
            product alternate, so their ratio holds on a busy machine; absolute figures hold on \
            an idle one. docs/performance.md says what each scenario does.

            EXAMPLES
              campaign-bench                                 everything, as a table
              campaign-bench --scenario drain --n 100000     one scenario, larger
              campaign-bench --json                          a line of JSON for each figure
            """
    )

    @Option(help: "A scenario to run, may be repeated. Default: all of them.")
    var scenario: [String] = []

    @Option(help: "The size, in what the scenario counts. Default: each scenario's own.")
    var n: Int?

    @Option(help: "full: every commit is synced, as in production; normal: for comparison.")
    var sync = Sync.full

    @Flag(help: "Print one line of JSON for each figure.")
    var json = false

    @Flag(help: "Print the scenarios' names.")
    var list = false

    @Option(help: .hidden)
    var call: String?

    @Option(help: .hidden)
    var sink: UInt16?

    @Option(help: .hidden)
    var die: String?

    func validate() throws {
        if let n, n < 1 { throw ValidationError("--n is at least 1") }
        for name in scenario where ScenarioList.named(name) == nil {
            throw ValidationError(
                "there is no scenario \(name); --list names them"
            )
        }
    }

    func run() throws {
        if let call { return try SocketCaller(socket: call).run(calls: n ?? 1) }
        if let die { try Dying(folder: die).run() }
        if let sink { try SlowSink(port: sink, delayMilliseconds: n ?? 0).run() }
        if list { return Swift.print(ScenarioList.names.joined(separator: "\n")) }
        let names = scenario.isEmpty ? ScenarioList.names : scenario
        if names.count == 1, let only = ScenarioList.named(names[0]) {
            return print(try only.run(Bench(size: n ?? only.standardSize, sync: sync)))
        }
        for name in names { try runApart(name) }
    }

    /// Runs a scenario in a process of its own, so that its peak of memory is its own too.
    private func runApart(_ name: String) throws {
        var arguments = ["--scenario", name, "--sync", sync.rawValue, "--json"]
        if let n { arguments += ["--n", "\(n)"] }
        let run = try Program.run(Program.itself, arguments)
        guard run.exitCode == 0 else { throw BenchFailure("scenario \(name): \(run.errors)") }
        print(
            try run.output.split(separator: "\n").map {
                try JSONDecoder().decode(Figure.self, from: Data($0.utf8))
            }
        )
    }

    private func print(_ figures: [Figure]) {
        for figure in figures { Swift.print(json ? figure.jsonLine : figure.tableLines) }
        fflush(nil)
    }
}

/// What a commit waits for.
enum Sync: String, ExpressibleByArgument, CaseIterable {
    case full, normal
}

/// Why a measurement has no result.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
