import Foundation
import TestSupport

/// An SMTP server with TLS in a process of its own (`Fixtures/tls_smtp_server.py`).
final class TLSServer: Sendable {
    /// A certificate for the IP address 127.0.0.1, signed by itself, with its key.
    struct Certificate: Sendable {
        let path: String

        static let local = Result { try Certificate() }

        private init() throws {
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("outbound-tests-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            path = folder.appendingPathComponent("certificate.pem").path
            let openssl = Process()
            openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            openssl.arguments = [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                "-keyout", path, "-out", path + ".crt",
            ]
            openssl.standardError = FileHandle.nullDevice
            try openssl.run()
            openssl.waitUntilExit()
            let both =
                try Data(contentsOf: URL(fileURLWithPath: path + ".crt"))
                + Data(contentsOf: URL(fileURLWithPath: path))
            try both.write(to: URL(fileURLWithPath: path))
        }
    }

    /// What the programs that these tests need lack on this machine, or nil.
    static let obstacle: String? = {
        for program in ["python3", "openssl"] {
            let found = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
                .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
            if !found {
                print("TLS tests are skipped: \(program) is not installed")
                return program
            }
        }
        return nil
    }()

    let port: UInt16
    /// What the server printed, a line each.
    let lines = Recorder<String>()
    private let process = Process()
    private let input = Pipe()

    init(_ options: [String]) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/tls_smtp_server.py").path
        let certificate = try Certificate.local.get().path
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script, "--certificate", certificate] + options
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let lines = lines
        let thread = Thread {
            while let line = Self.readLine(output.fileHandleForReading) { lines.append(line) }
        }
        thread.start()
        let first = try lines.wait(forCount: 1)[0]
        guard let port = UInt16(first.dropFirst("PORT ".count)) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        self.port = port
    }

    /// Waits until the contents of so many messages have arrived; the server's lines about them.
    @discardableResult
    func dots(_ count: Int) throws -> [String] {
        try lines.wait(for: "\(count) final dots") { lines in
            lines.count { $0.hasPrefix("DOT") } >= count
        }.filter { $0.hasPrefix("DOT") }
    }

    /// Gives the server the line of input that `--hold-body` waits for.
    func letGo() {
        input.fileHandleForWriting.write(Data("\n".utf8))
    }

    func stop() {
        // A child of a Dispatch thread inherits a mask that blocks SIGTERM.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static func readLine(_ handle: FileHandle) -> String? {
        var line = Data()
        while let byte = try? handle.read(upToCount: 1), let first = byte.first {
            if first == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(first)
        }
        return nil
    }
}
