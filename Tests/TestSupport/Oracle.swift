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
        let process = Process()
        process.executableURL = URL(filePath: python ?? "/usr/bin/python3")
        process.arguments = ["-c", script]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(question))
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONDecoder().decode(type, from: answer)
    }
}
