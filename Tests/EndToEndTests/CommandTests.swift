import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A program for each message")
    struct Command {
        @Test("it dies with the daemon, and its message is unknown, not sent again")
        func death() throws {
            let daemon = try TemporaryDaemon(configuration: "")
            let started = "\(daemon.folder)/started"
            let script = "cat > /dev/null; echo $$ >> \(started); exec sleep 600"
            try TestFile.write(
                "transports: { sms: { kind: command, argv: [sh, -c, \"\(script)\"] } }\n",
                to: "\(daemon.folder)/campaignd.yaml"
            )
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let template = try desk.putTemplate("sms", text: "Hi")
            let list = try desk.importList("phone\n+12025550101\n")
            let id = try desk.enqueue(
                """
                {"name":"Texts","channel":["sms"],"contactListId":["\(list)"],"settings":\
                {"sms":{"shortCode":"2025550100","templateId":"\(template)"}}}
                """
            )
            try desk.watch(id) { _ in TestFile.text(started)?.hasSuffix("\n") ?? false }
            let pid = try #require(TestFile.text(started).flatMap { pid_t($0.dropLast()) })
            try daemon.kill()
            // It is nobody's child any more, so nobody is told of its end.
            var tries = 0
            while isAlive(pid), tries < 1_000 {
                usleep(10_000)
                tries += 1
            }
            #expect(!isAlive(pid))

            try daemon.start()
            try desk.watch(id) { $0.status == "PARTIAL" }
            #expect(try desk.messages(id).map(\.state) == ["unknown"])
            #expect(TestFile.text(started)?.split(separator: "\n").count == 1)
        }

        /// A zombie that its new parent has not collected is dead too.
        private func isAlive(_ pid: pid_t) -> Bool {
            let words = TestFile.text("/proc/\(pid)/stat")?.split(separator: " ") ?? []
            return words.count > 2 && words[2] != "Z"
        }
    }
}
