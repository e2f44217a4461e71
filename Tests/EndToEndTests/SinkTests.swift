import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Debian's `smtp-sink`, a server that is none of ours.
    @Suite("smtp-sink", .enabled(if: SMTPSink.isThere))
    struct Sink {
        @Test("it gets every message of a campaign once")
        func sink() throws {
            let reserved = try ScriptedSMTPServer()
            let port = reserved.port
            reserved.stop()
            let daemon = try TemporaryDaemon(
                configuration: Configuration.smtp(port: port, maxConnections: 32)
            )
            let mail = try TestFolder()
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o777],
                ofItemAtPath: mail.path
            )
            // It refuses to run as root.
            let user = geteuid() == 0 ? ["-u", "nobody"] : []
            let sink = try ChildProcess(
                ChildProcess.Start(
                    SMTPSink.program,
                    user + ["-d", "\(mail.path)/m.", "127.0.0.1:\(port)", "1000"]
                )
            )
            defer { sink.kill() }
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let contacts = Contacts(count: 2_000)
            let start = ContinuousClock.now
            let id = try desk.enqueueEmail(to: contacts)
            #expect(try desk.wait(for: id) == "SENT")
            let seconds = start.milliseconds(to: .now) / 1_000
            try desk.checkBooks(of: id, built: contacts.count)
            let files = try FileManager.default.contentsOfDirectory(atPath: mail.path)
            let recipients = files.compactMap { file in
                TestFile.text("\(mail.path)/\(file)")?.split(separator: "\n")
                    .first { $0.hasPrefix("To: ") }
                    .map { String($0.dropFirst(4)).trimmingCharacters(in: .whitespaces) }
            }
            #expect(recipients.sorted() == contacts.addresses)
            print(
                "smtp-sink: 2,000 messages in \(seconds) s, import and build included (a debug build)"
            )
        }
    }
}

/// The program of Debian's package postfix.
private enum SMTPSink {
    static let program = "/usr/sbin/smtp-sink"

    /// Whether it is installed; says so where not.
    static let isThere: Bool = {
        let isThere = FileManager.default.isExecutableFile(atPath: program)
        if !isThere {
            print("smtp-sink is not tried: \(program) (package postfix) is not installed")
        }
        return isThere
    }()
}
