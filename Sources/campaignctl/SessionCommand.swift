import ArgumentParser

/// A command that talks to the daemon, or to its file.
protocol SessionCommand: ParsableCommand {
    var global: GlobalOptions { get }

    /// Does what the command says.
    func run(in session: Session) throws
}

extension SessionCommand {
    func run() throws {
        let console = Console.standard()
        do {
            let connection = Connection(
                place: try DaemonPlace.current(flag: global.dataDir),
                surroundings: .standard()
            )
            try run(
                in: Session(connection: connection, console: console, wantsJSON: global.json)
            )
        } catch let failure as CommandFailure {
            console.report(failure, asJSON: global.json)
            throw ExitCode(failure.exit.rawValue)
        }
    }
}
