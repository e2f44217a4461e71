import Foundation
import TestSupport
import Testing

@testable import campaignd

extension EndToEnd {
    /// What the daemon logs, and what it reads again.
    @Suite("Logs and reloads")
    struct Logs {
        @Test("each line is one event of key=value, and says which campaign it is about")
        func lines() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let id = try desk.enqueueEmail(to: Contacts(count: 2))
            #expect(try desk.wait(for: id) == "SENT")
            #expect(try daemon.terminate() == .exited(0))
            let lines = daemon.log.split(separator: "\n").map(String.init)
            #expect(lines.allSatisfy { $0.hasPrefix("time=2") && $0.contains(" level=") })
            #expect(lines.contains { $0.contains("campaign=\(id)") && $0.contains("status=SENT") })
            #expect(lines.contains { $0.contains("campaign=\(id) job=") })
            #expect(!daemon.log.contains("@"), "addresses stay out of the log")
        }

        @Test("SIGHUP takes over the log level, names what waits, and refuses a fault")
        func reload() throws {
            let daemon = try TemporaryDaemon(configuration: "logLevel: notice\nlogFormat: json\n")
            try daemon.start()
            let file = "\(daemon.folder)/campaignd.yaml"
            try TestFile.write(
                """
                logLevel: debug
                workers: 3
                transports: { ratePerSecond: 20, email: { ratePerSecond: 9 } }

                """,
                to: file
            )
            try reloaded(daemon)
            #expect(
                daemon.log.contains(
                    #""message":"configuration reloaded","changed":"logLevel, "#
                        + #"transports.ratePerSecond, transports.email.ratePerSecond""#
                )
            )
            #expect(daemon.log.contains(#""keys":"workers, logFormat""#))
            _ = try daemon.control(["pause", "build"])
            let before = daemon.log
            try TestFile.write("logLevel: loud\n", to: file)
            try reloaded(daemon)
            #expect(daemon.log.dropFirst(before.count).contains("was not reloaded"))
            #expect(try daemon.terminate() == .exited(0))
        }

        @Test("a token's file is read again on SIGHUP: the old one is refused, the new one lets in")
        func tokens() throws {
            let port = try freePort()
            let daemon = try TemporaryDaemon(
                configuration: """
                    http: { listen: "127.0.0.1:\(port)", tokens: [{ user: ann, file: api-token }] }
                    transports:
                      email:
                        kind: smtp
                        host: mail.example.org
                        username: u
                        passwordFile: smtp-password
                    """
            )
            // As systemd's LoadCredential= has it: the names above are files of this folder.
            let credentials = "\(daemon.folder)/credentials"
            mkdir(credentials, 0o700)
            try keep("the-old-token", in: "\(credentials)/api-token")
            try keep("the-old-password", in: "\(credentials)/smtp-password")
            try daemon.start(environment: ["CREDENTIALS_DIRECTORY": credentials])
            #expect(try status(of: port, "the-old-token") == "200")
            #expect(try status(of: port, "the-new-token") == "401")

            try keep("the-new-token", in: "\(credentials)/api-token")
            #expect(try status(of: port, "the-old-token") == "200", "nothing changes by itself")
            try reloaded(daemon)
            #expect(try status(of: port, "the-old-token") == "401")
            #expect(try status(of: port, "the-new-token") == "200")
            #expect(daemon.log.contains(#"changed=http.tokens"#))
            #expect(!daemon.log.contains("hold only after a restart"))

            try keep("the-new-password", in: "\(credentials)/smtp-password")
            let before = daemon.log
            try reloaded(daemon)
            let after = daemon.log.dropFirst(before.count)
            #expect(after.contains("hold only after a restart"))
            #expect(after.contains("keys=transports.email.passwordFile"))

            unlink("\(credentials)/api-token")
            try reloaded(daemon)
            #expect(daemon.log.contains("was not reloaded"))
            #expect(try status(of: port, "the-new-token") == "200")
            for secret in ["the-old", "the-new"] { #expect(!daemon.log.contains(secret)) }
            #expect(try daemon.terminate() == .exited(0))
        }

        /// The status of a request with this token.
        private func status(of port: UInt16, _ token: String) throws -> String {
            let folder = try TestFolder()
            let curl = try ChildProcess(
                ChildProcess.Start(
                    "curl",
                    [
                        "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H",
                        "Authorization: Bearer \(token)", "http://127.0.0.1:\(port)/api/campaign",
                    ],
                    environment: ["PATH": "/usr/bin:/bin"],
                    output: "\(folder.path)/status"
                )
            )
            #expect(try curl.wait() == .exited(0))
            return TestFile.text("\(folder.path)/status") ?? ""
        }

        private func keep(_ secret: String, in file: String) throws {
            try TestFile.write(secret + "\n", to: file)
            chmod(file, 0o600)
        }

        private func freePort() throws -> UInt16 {
            let server = try LoopbackServer()
            server.start { _, _ in }
            server.stop()
            return server.port
        }

        /// Returns when systemd would know that the daemon has reloaded.
        private func reloaded(_ daemon: TemporaryDaemon) throws {
            daemon.running.signal(SIGHUP)
            while try !daemon.notice().contains("RELOADING=1") {}
            while try !daemon.notice().contains("READY=1") {}
        }
    }
}

@Suite("Addresses in the log", .timeLimit(.minutes(10)))
struct AddressFilterTests {
    @Test(
        "addresses are hidden, and nothing else is",
        arguments: [
            ("550 5.1.1 <ann@example.org>: no such user", "550 5.1.1 <<address>>: no such user"),
            ("to +1-949-867.1145 and +19498671145", "to <address> and <address>"),
            ("jörg.müller+x@exämple.de", "<address>"),
            ("a + b, 2 @ 3, +12, 192.0.2.1:25", "a + b, 2 @ 3, +12, 192.0.2.1:25"),
        ]
    )
    func hidden(text: String, shown: String) {
        #expect(AddressFilter.hidden(text) == shown)
    }
}
