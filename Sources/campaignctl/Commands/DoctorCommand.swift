import APITypes
import ArgumentParser

/// `campaignctl doctor`: looks for what is wrong, and says what to do about each thing.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for everything that is wrong, and say what to do about it.",
        discussion: """
            Looks at the configuration, the data folder and its files, the disk, the database and \
            its schema, the clock, work that stands still and, with a daemon running, at every \
            transport: it connects, and sends no message. Ends with 1 when anything is at fault.

            EXAMPLES
              campaignctl doctor
              campaignctl doctor --all
              campaignctl doctor --json | jq '.findings[] | select(.level != "ok")'
            """
    )

    @Option(
        help: ArgumentHelp(
            "The daemon's configuration file. Default: /etc/campaignd/campaignd.yaml, if it is there.",
            valueName: "file"
        )
    )
    var config: String?

    @Flag(help: "Show what is well, too.")
    var all = false

    @OptionGroup var global: GlobalOptions

    func run() throws {
        let console = Console.standard()
        do {
            let place = try DaemonPlace.current(flag: global.dataDir)
            let session = Session(
                connection: Connection(place: place, surroundings: .standard()),
                console: console,
                wantsJSON: global.json
            )
            let examination = Examination(place: place, session: session, configuration: config)
            let body = examination.body
            if global.json {
                try console.print(document: Array(try JSONCoding.encode(body)))
            } else {
                try console.print(DoctorReport(body: body, showsAll: all).lines)
            }
            guard body.findings.allSatisfy({ $0.level != "fault" }) else {
                throw ExitCode(ExitStatus.notDone.rawValue)
            }
        } catch let failure as CommandFailure {
            console.report(failure, asJSON: global.json)
            throw ExitCode(failure.exit.rawValue)
        }
    }
}
