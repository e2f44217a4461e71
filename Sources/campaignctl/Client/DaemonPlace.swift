import Glibc

/// Where a daemon's socket may lie, and the folder to work on where none listens.
struct DaemonPlace: Equatable {
    /// In the order in which they are tried.
    var sockets: [String]
    var folder: String
}

extension DaemonPlace {
    /// Decides from the command line and the environment (DESIGN section 3).
    ///
    /// - Parameters:
    ///   - flag: what `--data-dir` says.
    ///   - environment: reads an environment variable.
    init(
        flag: String?,
        isRoot: Bool,
        environment: (String) -> String?
    ) throws(CommandFailure) {
        func variable(_ name: String) -> String? {
            environment(name).flatMap { $0.isEmpty ? nil : $0 }
        }
        if let named = flag ?? variable("CAMPAIGND_DATA_DIR") {
            folder = named
            sockets = [named + "/" + Self.socketName]
            // The system's daemon has its socket where systemd made a folder for it.
            if named == Self.systemFolder { sockets.append(Self.systemSocket) }
        } else {
            folder = try isRoot ? Self.systemFolder : Self.userFolder(variable)
            sockets = [Self.systemSocket, folder + "/" + Self.socketName]
        }
        if let runtime = variable("RUNTIME_DIRECTORY") {
            sockets.insert(runtime + "/" + Self.socketName, at: 0)
        }
    }

    /// The place for this process.
    static func current(flag: String?) throws(CommandFailure) -> DaemonPlace {
        try DaemonPlace(flag: flag, isRoot: geteuid() == 0) { name in
            getenv(name).map { String(cString: $0) }
        }
    }

    /// `$XDG_STATE_HOME/campaignd`; a relative XDG_STATE_HOME is ignored, as its specification says.
    private static func userFolder(_ variable: (String) -> String?) throws(CommandFailure) -> String
    {
        if let state = variable("XDG_STATE_HOME"), state.hasPrefix("/") {
            return state + "/campaignd"
        }
        guard let home = variable("HOME") else {
            throw CommandFailure(
                .configuration,
                "neither HOME nor XDG_STATE_HOME is set",
                next: "name the data folder with --data-dir or CAMPAIGND_DATA_DIR"
            )
        }
        return home + "/.local/state/campaignd"
    }

    private static let socketName = "campaignd.sock"
    private static let systemFolder = "/var/lib/campaignd"
    private static let systemSocket = "/run/campaignd/campaignd.sock"
}
