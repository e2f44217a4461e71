import Foundation

/// The Python in which `.ci/oracles` has installed implementations that are none of ours.
enum ForeignPython {
    /// Its path; nil, and a printed reason, where there is none.
    static let path: String? = {
        let path = ProcessInfo.processInfo.environment["CAMPAIGND_ORACLES"]
        if path == nil {
            print("foreign packages are not compared with: CAMPAIGND_ORACLES is not set")
        }
        return path
    }()

    /// Runs a program that reads JSON from its standard input and writes JSON.
    static func run<Answer: Decodable>(
        _ program: String,
        _ input: some Encodable,
        as type: Answer.Type = Answer.self
    ) throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "/usr/bin/python3")
        process.arguments = ["-c", program]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        stdin.fileHandleForWriting.write(try JSONEncoder().encode(input))
        try stdin.fileHandleForWriting.close()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(type, from: output)
    }
}
