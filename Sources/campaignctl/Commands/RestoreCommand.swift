import APITypes
import ArgumentParser
import SQLiteStore

/// `campaignctl restore`: puts a backup in the database's place, and lets work go on after it.
struct RestoreCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the database; let campaigns go on after it.",
        discussion: """
            A backup does not know what was sent after it was taken. So whatever was unfinished is \
            held, and messages of campaigns that were being sent are unknown, until you have \
            compared each campaign with what its provider says and acknowledge it. The same \
            happens by itself when the database turns out to be a copy, or to have been moved.

            Stop the daemon first. The old database is kept in a folder beside the new one.

            EXAMPLES
              campaignctl restore /var/backups/campaignd.sqlite3
              campaignctl campaigns list --status PAUSED
              campaignctl restore --acknowledge CAMPAIGN-ID
              campaignctl restore --acknowledge --all
            """
    )

    @Flag(help: "Let held campaigns go on.")
    var acknowledge = false

    @Flag(help: "With --acknowledge: all that is held.")
    var all = false

    @Argument(help: ArgumentHelp("The backup, or campaigns.", valueName: "file|campaign-id"))
    var names: [String] = []

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if all, !acknowledge || !names.isEmpty {
            throw ValidationError("--all goes with --acknowledge, and without ids")
        }
        if acknowledge, !all, names.isEmpty {
            throw ValidationError("--acknowledge needs campaign ids, or --all")
        }
        if !acknowledge, names.count != 1 {
            throw ValidationError("name one backup file")
        }
    }

    func run(in session: Session) throws {
        if all { return try acknowledgeAll(in: session) }
        if !acknowledge { return try restore(names[0], in: session) }
        for id in names {
            let document = try session.document(.put("api", "campaign", id, "acknowledge"))
            let body = try session.read(ResultBody.self, from: document)
            try session.confirm(document, "campaign \(id) is \(body.status ?? "acknowledged")")
        }
    }

    private func acknowledgeAll(in session: Session) throws {
        let document = try session.document(.put("api", "restored", "acknowledge"))
        let body = try session.read(ActionBody.self, from: document)
        try session.confirm(document, "\(DisplayText.count(body.changed, "job")) let go")
    }

    private func restore(_ path: String, in session: Session) throws {
        let backup = try BackupFile(path)
        let folder = session.connection.folder
        try FolderOwner.assume(of: folder)
        let (placement, heldJobs) = try OfflineFile.restore(backup, in: folder)
        let body = RestoreBody(
            file: path,
            takenAt: "\(placement.takenAt)",
            setAside: placement.setAside,
            heldJobs: heldJobs
        )
        if session.wantsJSON {
            try session.console.print(document: Array(try JSONCoding.encode(body)))
        } else {
            try session.console.print(lines(body))
        }
    }

    private func lines(_ body: RestoreBody) -> [String] {
        let aside = body.setAside.map { "; the old database is in \($0)" } ?? ""
        let next =
            body.heldJobs == 0
            ? "nothing is held"
            : "\(DisplayText.count(body.heldJobs, "job")) held: compare each campaign with its "
                + "provider, then campaignctl restore --acknowledge CAMPAIGN-ID"
        return ["restored \(body.file) of \(body.takenAt)\(aside)", next]
    }
}
