import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What the daemon tells systemd, and what systemd says of the unit.
    @Suite("systemd")
    struct Systemd {
        @Test("it is told of the opening, of being ready, of each beat, and of the stop")
        func notices() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            try daemon.launch(environment: Self.beats)
            var told = try heard(from: daemon) { $0.contains("WATCHDOG=1") }
            #expect(told.removeFirst() == ["STATUS=opening the database", Self.thirtySeconds])
            #expect(told.removeFirst() == ["READY=1", "STATUS=serving"])
            #expect(told.removeFirst() == ["WATCHDOG=1"])
            daemon.running.signal(SIGTERM)
            told = try heard(from: daemon) { $0.contains("STOPPING=1") }
            // 2 s for requests, 30 s for work, 5 s to record it, 60 s to close.
            #expect(told.last?.contains("EXTEND_TIMEOUT_USEC=97000000") == true)
            #expect(try daemon.running.wait() == .exited(0))
        }

        @Test("a writer that hangs is told of no more, and is named")
        func wedgedWriter() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            try daemon.start(failpoint: "write.begun:pause kind", environment: Self.beats)
            _ = try heard(from: daemon) { $0.contains("WATCHDOG=1") }
            let command = try ChildProcess(
                ChildProcess.Start(
                    BuiltProgram.control,
                    ["pause", "build"],
                    environment: ["CAMPAIGND_DATA_DIR": daemon.dataFolder]
                )
            )
            for notice in try silentBeats(of: daemon) {
                #expect(notice.allSatisfy { $0.contains("writer") })
            }
            #expect(daemon.log.contains("a part of the daemon does not answer"))
            command.kill()
        }

        @Test("so is an account's driver that hangs, and it alone")
        func wedgedDriver() throws {
            let daemon = try TemporaryDaemon(
                configuration: """
                    accounts:
                      other: { baseURL: "http://127.0.0.1:9", userId: u, tokenFile: token }
                    """
            )
            try TestFile.write("token\n", to: "\(daemon.folder)/token")
            try daemon.start(failpoint: "remote.pumped:other", environment: Self.beats)
            _ = try heard(from: daemon) { $0.contains("WATCHDOG=1") }
            let desk = Operator(daemon: daemon)
            let spec = desk.emailSpec(
                template: "66d845e99bb64dbbd0d449d8",
                list: "687a0f67137b4868f1b1eaea"
            )
            try desk.enqueue(spec, ["--account", "other"])
            for notice in try silentBeats(of: daemon) {
                #expect(notice == ["STATUS=not answering: account other"])
            }
            #expect(daemon.log.contains(#"parts="account other""#))
        }

        /// The notices of five beats in a row at which a part was silent.
        private func silentBeats(of daemon: TemporaryDaemon) throws -> [[String]] {
            var silent: [[String]] = []
            while silent.count < 5 {
                let notice = try daemon.notice()
                if notice.contains("WATCHDOG=1") { silent = [] }
                if notice.contains(where: { $0.hasPrefix("STATUS=not answering: ") }) {
                    silent.append(notice)
                }
            }
            return silent
        }

        @Test("the units are in order and expose little", .enabled(if: UnitFiles.canBeAnalysed))
        func units() throws {
            let units = try UnitFiles()
            for unit in UnitFiles.names {
                let verified = try units.analyse("verify", of: unit)
                #expect(verified.end == .exited(0))
                #expect(verified.output == "")
            }
            for unit in UnitFiles.names where unit.hasSuffix(".service") {
                // In tenths: 1.5.
                let options = ["--offline=true", "--threshold=15"]
                let exposure = try units.analyse("security", of: unit, options)
                #expect(exposure.end == .exited(0), "\(exposure.output)")
            }
        }

        /// Reads what the daemon says up to the first notice that matches.
        private func heard(
            from daemon: TemporaryDaemon,
            until isThere: ([String]) -> Bool
        ) throws -> [[String]] {
            var notices: [[String]] = []
            repeat {
                notices.append(try daemon.notice())
            } while !isThere(notices[notices.count - 1])
            return notices
        }

        /// A beat each tenth of a second.
        private static let beats = ["WATCHDOG_USEC": "200000"]
        private static let thirtySeconds = "EXTEND_TIMEOUT_USEC=30000000"
    }
}

/// The unit files as `make install` writes them, with the programs that were built.
private struct UnitFiles {
    static let names = ["campaignd.service", "campaignd-backup.service", "campaignd-backup.timer"]

    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        for name in Self.names {
            let text = try #require(TestFile.text("\(SourceFolder.path)/systemd/\(name)"))
            try TestFile.write(
                text.replacingOccurrences(of: "@PREFIX@", with: folder.path),
                to: "\(folder.path)/\(name)"
            )
        }
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/bin",
            withDestinationPath: BuiltProgram.folder
        )
    }

    func analyse(
        _ verb: String,
        of unit: String,
        _ options: [String] = []
    ) throws -> (end: ChildProcess.End, output: String) {
        let output = "\(folder.path)/output"
        try TestFile.write("", to: output)
        let process = try ChildProcess(
            ChildProcess.Start(
                Self.program,
                [verb] + options + ["\(folder.path)/\(unit)"],
                output: output,
                errors: output
            )
        )
        return (try process.wait(), TestFile.text(output) ?? "")
    }

    static var canBeAnalysed: Bool {
        let isThere = access(program, X_OK) == 0
        if !isThere { print("skipped: \(program) is not installed") }
        return isThere
    }

    private static let program = "/usr/bin/systemd-analyze"
}
