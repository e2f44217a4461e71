import Foundation

/// A Python with the packages of `.ci/requirements.txt`: foreign implementations that tests compare
/// with.
package enum Oracle {
    /// Whether there is one: `CAMPAIGND_ORACLES` names its python3, as `.ci/run` sets it.
    package static let isThere = python != nil
    /// Why a test that needs one is skipped.
    package static let whereFrom =
        "CAMPAIGND_ORACLES names no python3: CAMPAIGND_ORACLES=$(.ci/oracles) swift test"

    private static let python = ProcessInfo.processInfo.environment["CAMPAIGND_ORACLES"]

    /// Runs a script that reads one JSON document and writes one, and has to read all of it first.
    package static func ask<Answer: Decodable>(
        _ script: String,
        _ question: some Encodable,
        as type: Answer.Type = Answer.self
    ) throws -> Answer {
        try ForeignScript.ask(python ?? "/usr/bin/python3", ["-c", script], question)
    }
}

/// Perl with MIME-tools, of Debian's package libmime-tools-perl: readers of mail that share nothing
/// with Python's.
package enum MailPerl {
    /// Whether it is there; says so where not.
    package static let isThere: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: perl)
        process.arguments = ["-MMIME::Parser", "-MJSON::PP", "-e", "1"]
        process.standardError = FileHandle.nullDevice
        let isThere = (try? process.run()) != nil
        if isThere { process.waitUntilExit() }
        guard isThere, process.terminationStatus == 0 else {
            print("Perl's MIME::Parser is not tried: package libmime-tools-perl is not installed")
            return false
        }
        return true
    }()

    private static let perl = "/usr/bin/perl"

    /// Runs a script that reads one JSON document and writes one, and has to read all of it first.
    package static func ask<Answer: Decodable>(
        _ script: String,
        _ question: some Encodable,
        as type: Answer.Type = Answer.self
    ) throws -> Answer {
        try ForeignScript.ask(perl, ["-e", script], question)
    }
}

private enum ForeignScript {
    static func ask<Answer: Decodable>(
        _ program: String,
        _ arguments: [String],
        _ question: some Encodable
    ) throws -> Answer {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(question))
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONDecoder().decode(Answer.self, from: answer)
    }
}
