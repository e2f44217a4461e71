import APITypes
import ArgumentParser

/// `campaignctl compact`: gives back the room that deleted rows left in the file.
struct CompactCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Rewrite the database without the room that deleted rows left.",
        discussion: """
            Rarely needed: that room is used again. Stop the daemon first. The disk needs room for \
            the data twice over meanwhile.

            EXAMPLES
              campaignctl compact
            """
    )

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let folder = session.connection.folder
        try FolderOwner.assume(of: folder)
        let (before, after) = try OfflineFile.compact(in: folder)
        let body = CompactBody(bytesBefore: before, bytes: after)
        try session.confirm(
            Array(try JSONCoding.encode(body)),
            "\(DisplayText.bytes(before)) became \(DisplayText.bytes(after))"
        )
    }
}
