import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The benchmark at its smallest: that each scenario runs to its end, not how fast.
    @Suite("campaign-bench", .enabled(if: Comparisons.areThere))
    struct Bench {
        @Test("each scenario ends by itself and prints its figures", arguments: Self.scenarios)
        func scenario(_ name: String) throws {
            let size = Self.sizes[name] ?? "16"
            let output = try run(["--scenario", name, "--n", size, "--json"])
            let figures = output.split(separator: "\n")
            #expect(!figures.isEmpty)
            for figure in figures {
                let object = try JSONSerialization.jsonObject(with: Data(figure.utf8))
                let values = try #require(object as? [String: Any])
                #expect(values["scenario"] as? String == name)
                #expect(values["variant"] is String)
                #expect(values["n"] is Int)
                #expect(values["seconds"] is Double)
            }
        }

        @Test("every scenario is tried here")
        func list() throws {
            let names = try run(["--list"]).split(separator: "\n").map(String.init)
            #expect(names == Self.scenarios)
        }

        private func run(_ arguments: [String]) throws -> String {
            let folder = try TestFolder()
            let process = try ChildProcess(
                ChildProcess.Start(
                    "\(BuiltProgram.folder)/campaign-bench",
                    arguments,
                    environment: ["CAMPAIGN_BENCH_DIR": folder.path],
                    output: "\(folder.path)/out",
                    errors: "\(folder.path)/errors"
                )
            )
            let end = try process.wait(seconds: 300)
            #expect(end == .exited(0), "\(TestFile.text("\(folder.path)/errors") ?? "")")
            return TestFile.text("\(folder.path)/out") ?? ""
        }

        static let scenarios = [
            "enqueue-one", "enqueue-bulk", "drain", "drain-chained", "claim-flat", "pickup", "cli",
            "build", "send-smtp", "send-spool", "fair", "recover", "idle", "stats",
        ]

        /// Where the size is no number of rows: processes, and seconds.
        private static let sizes = ["cli": "2", "idle": "1"]
    }
}

/// What the product is compared with.
private enum Comparisons {
    private static let programs = [
        "/usr/sbin/smtp-sink", "/usr/sbin/smtp-source", "/usr/bin/sqlite3",
    ]

    /// Whether it is all installed; says so where not.
    static let areThere: Bool = {
        let missing = programs.filter { !FileManager.default.isExecutableFile(atPath: $0) }
        if !missing.isEmpty {
            print("campaign-bench is not tried: \(missing) (packages postfix, sqlite3)")
        }
        return missing.isEmpty
    }()
}
