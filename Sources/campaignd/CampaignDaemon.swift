import APITypes
import ArgumentParser
import Foundation
import Settings

/// The daemon's command line.
@main
struct CampaignDaemon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaignd",
        abstract: "Carries messaging campaigns through create, build and send.",
        discussion: """
            Runs in the foreground until SIGTERM or SIGINT; then it claims no more, lets what is \
            under way end, and exits 0. SIGHUP has it read its configuration again; the log says \
            what was taken over. All its files lie under the data folder.

            EXAMPLES
              campaignd                                  as configured by the environment
              campaignd --data-dir /tmp/try              a folder of its own, everything by default
              campaignd --config /etc/campaignd.yaml     with transports, retries and limits
              campaignd --config FILE --check            only reads the configuration

            Give it work with campaignctl, or over HTTP on the socket campaignd.sock.
            """,
        version: ProductVersion.current
    )

    @Option(help: "The folder of the database, the socket and the outbox.")
    var dataDir: String?

    @Option(help: "The YAML configuration file; CAMPAIGND_CONFIG names it otherwise.")
    var config: String?

    @Option(help: "How many create and build jobs run at once.")
    var workers: Int?

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    @Flag(help: "Read the configuration, report every fault in it, and end.")
    var check = false

    func run() throws {
        let inputs = inputs
        let loaded = try load(inputs)
        for warning in loaded.warnings { Self.tell("warning: \(warning)") }
        guard !check else { return Self.tell("the configuration is good") }
        do {
            try Daemon.run(loaded.configuration, inputs: inputs)
        } catch {
            Self.tell("campaignd: \(error)")
            throw ExitCode(StartFailure.exitCode(of: error))
        }
    }

    private var inputs: ConfigurationInputs {
        var flags: [String: String] = [:]
        flags["--data-dir"] = dataDir
        flags["--workers"] = workers.map(String.init)
        flags["--log-level"] = logLevel
        let environment = ProcessInfo.processInfo.environment.filter {
            $0.key != Self.failpointVariable
        }
        return ConfigurationInputs(
            file: config,
            environment: environment,
            flags: flags,
            host: .current()
        )
    }

    private func load(_ inputs: ConfigurationInputs) throws -> LoadedConfiguration {
        do {
            return try LoadedConfiguration(from: inputs)
        } catch {
            for fault in error.faults { Self.tell("\(fault)") }
            throw ExitCode(EX_CONFIG)
        }
    }

    private static func tell(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// Known to the queue and not a setting: it is for tests.
    private static let failpointVariable = "CAMPAIGND_FAILPOINT"
}
