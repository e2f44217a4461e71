/// Something that is measured: one file in `Scenarios` each.
protocol Scenario: Sendable {
    /// Its name on the command line.
    static var name: String { get }
    /// What `--n` replaces, in what the scenario counts.
    static var standardSize: Int { get }

    /// Measures, and ends by itself.
    static func run(_ bench: Bench) throws -> [Figure]
}

/// Every scenario, in the order in which they run.
enum ScenarioList {
    static let all: [any Scenario.Type] = [
        EnqueueOne.self, EnqueueBulk.self, Drain.self, DrainChained.self, ClaimFlat.self,
        Pickup.self, CommandLine.self, Build.self, SendSMTP.self, SendSpool.self, Fair.self,
        Recover.self, Idle.self, Stats.self,
    ]

    static var names: [String] { all.map { $0.name } }

    static func named(_ name: String) -> (any Scenario.Type)? {
        all.first { $0.name == name }
    }
}
