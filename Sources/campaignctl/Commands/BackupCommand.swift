import APITypes
import ArgumentParser

/// `campaignctl backup`: a copy of the database, taken while everything goes on.
struct BackupCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write a verified copy of the database to a file.",
        discussion: """
            The copy is as of the moment the command began, checked from end to end, and takes the \
            place of FILE only when it is whole. Sending goes on meanwhile. The data folder needs \
            room for one more copy while it is made. The configuration, secrets and spooled files \
            are not in it.

            EXAMPLES
              campaignctl backup /var/backups/campaignd.sqlite3
              campaignctl backup "$(date +%F).sqlite3" --json
            """
    )

    @Argument(help: "Where to write it; a file that is there is replaced.")
    var file: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        // Opened first: without a daemon, root becomes the data folder's owner for what follows.
        let partial = file + ".partial"
        let output = try OutputFile(partial)
        var bytes: Int64 = 0
        do {
            var call = Call.get("api", "backup")
            call.patience = Self.patience
            try session.connection.stream(call) { part in
                try output.write(part)
                bytes += Int64(part.count)
                return true
            }
            FolderOwner.resign()
            try output.publish(as: file)
        } catch {
            FolderOwner.resign()
            output.discard()
            throw error
        }
        let body = BackupBody(file: file, bytes: bytes)
        try session.confirm(
            Array(try JSONCoding.encode(body)),
            "\(file): \(DisplayText.bytes(bytes)), verified"
        )
    }

    /// Copying and checking a large database takes minutes before the first byte comes.
    private static let patience = Duration.seconds(3_600)
}
