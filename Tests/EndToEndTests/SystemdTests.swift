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
        func wedged() throws {
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
            var silentBeats = 0
            while silentBeats < 5 {
                let notice = try daemon.notice()
                if notice.contains("WATCHDOG=1") { silentBeats = 0 }
                if notice.contains(where: { $0.hasPrefix("STATUS=not answering: ") }) {
                    #expect(notice.allSatisfy { $0.contains("writer") })
                    silentBeats += 1
                }
            }
            #expect(daemon.log.contains("a part of the daemon does not answer"))
            command.kill()
        }

        @Test("the unit is in order and exposes little", .enabled(if: UnitFile.canBeAnalysed))
        func unit() throws {
            let unit = try UnitFile()
            let verified = try unit.analyse("verify")
            #expect(verified.end == .exited(0))
            #expect(verified.output == "")
            // In tenths: 1.5.
            let exposure = try unit.analyse("security", "--offline=true", "--threshold=15")
            #expect(exposure.end == .exited(0), "\(exposure.output)")
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

/// The unit file as `make install` writes it, with the program that was built.
private struct UnitFile {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        let text = try #require(TestFile.text("\(Self.packageFolder)/systemd/campaignd.service"))
        try TestFile.write(
            text.replacingOccurrences(of: "@PREFIX@", with: folder.path),
            to: "\(folder.path)/campaignd.service"
        )
        let bin = "\(folder.path)/bin"
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: "\(bin)/campaignd",
            withDestinationPath: BuiltProgram.daemon
        )
    }

    func analyse(_ verb: String, _ options: String...) throws -> (
        end: ChildProcess.End, output: String
    ) {
        let output = "\(folder.path)/output"
        try TestFile.write("", to: output)
        let process = try ChildProcess(
            ChildProcess.Start(
                Self.program,
                [verb] + options + ["\(folder.path)/campaignd.service"],
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
    private static let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
}
