import ArgumentParser

/// The options of every command.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's data folder. Default: $CAMPAIGND_DATA_DIR, else the system's daemon, else your own.",
            valueName: "dir"
        )
    )
    var dataDir: String?

    @Flag(help: "Print JSON: one document, or one per line for lists.")
    var json = false
}

/// How much of a list is shown.
struct LimitOption: ParsableArguments {
    @Option(help: "Show at most so many. Default: 50; with --json, all.")
    var limit: Int?

    /// Rows a person is shown unless told otherwise.
    static let usual = 50

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
    }
}
