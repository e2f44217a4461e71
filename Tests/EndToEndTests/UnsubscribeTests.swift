import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Recipients who opt out while a campaign runs.
    @Suite("Unsubscribing")
    struct Unsubscribing {
        @Test(
            "one click during a campaign, in either encoding: nothing is claimed for them after it"
        )
        func oneClick() throws {
            let gate = SMTPScriptGate()
            let held = Recorder<String>()
            let server = try ScriptedSMTPServer { event in
                guard event.stage == .rcpt, event.recipient.hasPrefix("a0") else { return .proceed }
                held.append(event.recipient)
                return .hold(gate, then: .proceed)
            }
            defer { server.stop() }
            let daemon = try TemporaryDaemon(
                configuration: Configuration.smtp(port: server.port, maxConnections: 2) + """

                    http:
                      public: 127.0.0.1:0
                      publicUrl: https://mail.example.org
                    """
            )
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let first = try Self.enqueue(["ann", "bo", "cy"], by: desk)
            #expect(try desk.wait(for: first) == "SENT")
            let links = try ["ann", "bo", "cy"].map { name in
                try Self.link(in: Copies(server.accepted.elements)["\(name)@example.com"].first)
            }

            // Two are with the server and two wait here; the others are not claimed yet.
            let names = (0..<40).map { "a0\($0 + 10)" } + ["ann", "bo", "cy"]
            let second = try Self.enqueue(names, by: desk)
            try held.wait(forCount: 2)
            let port = try #require(Self.publicPort(in: daemon.log))
            #expect(try Self.visit(links[2], port, "GET") == 200)
            #expect(try Self.visit(links[0], port, "urlencoded") == 200)
            #expect(try Self.visit(links[1], port, "multipart") == 200)
            gate.open()

            #expect(try desk.wait(for: second) == "SENT")
            let campaign = try desk.campaign(second)
            #expect(campaign.messages == ["sent": 41, "skipped": 2])
            #expect(campaign.excluded?.isEmpty ?? true)
            let skipped = try desk.messages(second, state: "skipped")
            #expect(skipped.map(\.recipient) == ["ann@example.com", "bo@example.com"])
            #expect(skipped.map(\.exclusion) == ["suppressed", "suppressed"])
            let copies = Copies(server.dots.elements)
            #expect(copies["ann@example.com"].count == 1)
            #expect(copies["bo@example.com"].count == 1)
            #expect(copies["cy@example.com"].count == 2)
            let stored = try desk.lines(SuppressionBody.self, "suppressions", "list")
            #expect(stored.map(\.reason) == ["unsubscribed", "unsubscribed"])
            #expect(links.allSatisfy { !daemon.log.contains($0.split(separator: "/").last ?? "") })

            // The key outlives the daemon, so links do.
            #expect(try daemon.terminate() == .exited(0))
            try daemon.start()
            let later = try #require(Self.publicPort(in: daemon.log))
            #expect(try Self.visit(links[2], later, "urlencoded") == 200)
            #expect(try daemon.terminate() == .exited(0))
        }

        private static func enqueue(_ names: [String], by desk: Operator) throws -> String {
            let rows = names.map { "\($0)@example.com,\($0)\n" }.joined()
            let list = try desk.importList("email,name\n" + rows)
            return try desk.enqueue(desk.emailSpec(template: try desk.putTemplate(), list: list))
        }

        /// The link of RFC 8058's headers.
        private static func link(in message: ScriptedSMTPServer.Message?) throws -> String {
            let message = try #require(message)
            #expect(message.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click")
            let unfolded = message.text.replacing("\r\n ", with: " ")
            let header = try #require(
                unfolded.split(separator: "\r\n").first { $0.hasPrefix("List-Unsubscribe: ") }
            )
            return String(header.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
        }

        /// The port of the public listener that was told last.
        private static func publicPort(in log: String) -> String? {
            log.matches(of: /publicPort\W+(\d+)/).last.map { String($0.1) }
        }

        /// Opens a link as mail readers do, below the proxy that would stand in front.
        private static func visit(_ link: String, _ port: String, _ how: String) throws -> Int {
            let python = Process()
            python.executableURL = URL(filePath: "/usr/bin/env")
            python.arguments = ["python3", "-c", script, link, port, how]
            let output = Pipe()
            python.standardOutput = output
            try python.run()
            let text = try output.fileHandleForReading.readToEnd() ?? Data()
            python.waitUntilExit()
            return Int(String(decoding: text, as: UTF8.self).filter(\.isNumber)) ?? 0
        }

        private static let script = """
            import sys, http.client, urllib.parse
            link, port, how = sys.argv[1:]
            path = urllib.parse.urlsplit(link).path
            connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=20)
            if how == "GET":
                connection.request("GET", path)
            elif how == "urlencoded":
                connection.request("POST", path, "List-Unsubscribe=One-Click",
                    {"Content-Type": "application/x-www-form-urlencoded"})
            else:
                connection.request("POST", path,
                    "--b\\r\\nContent-Disposition: form-data; name=\\"List-Unsubscribe\\"\\r\\n"
                    "\\r\\nOne-Click\\r\\n--b--\\r\\n",
                    {"Content-Type": "multipart/form-data; boundary=b"})
            print(connection.getresponse().status)
            """
    }
}
