import APITypes
import TestSupport
import Testing

extension EndToEnd {
    /// `kill -9` at moments chosen at random, while 5,000 contacts are written to.
    @Suite("Kills")
    struct Kills {
        @Test("after eight kills each contact has the email, or is listed as unknown")
        func resend() throws {
            let run = try KillRun(inDoubt: "resend")
            defer { run.stop() }
            try run.killEverywhere()
            let status = try run.desk.wait(for: run.campaign)
            let messages = try run.desk.checkBooks(of: run.campaign, built: KillRun.contacts.count)
            let unknown = messages.filter { $0.state == "unknown" }
            #expect(messages.allSatisfy { $0.state == "sent" || $0.state == "unknown" })
            #expect(unknown.allSatisfy { $0.doubts == 2 })
            #expect(status == (unknown.isEmpty ? "SENT" : "PARTIAL"))
            run.checkCopies(of: messages)
            run.report(messages)
        }

        @Test("with inDoubt: hold nothing is sent twice, and what is in doubt waits to be resolved")
        func hold() throws {
            let run = try KillRun(inDoubt: "hold")
            defer { run.stop() }
            let desk = run.desk
            try run.killEverywhere()
            let status = try desk.wait(for: run.campaign)
            let messages = try desk.checkBooks(of: run.campaign, built: KillRun.contacts.count)
            let unknown = try desk.messages(run.campaign, state: "unknown")
            #expect(unknown == messages.filter { $0.doubts > 0 })
            #expect(status == (unknown.isEmpty ? "SENT" : "PARTIAL"))
            #expect(Copies(run.server.dots.elements).repeated.isEmpty)
            run.checkCopies(of: messages)
            run.report(messages)
            try resolve(unknown, of: run)
        }

        /// Some one by one, the rest at once.
        private func resolve(_ unknown: [MessageBody], of run: KillRun) throws {
            try #require(unknown.count > 3, "so many kills leave more than three in doubt")
            let (desk, campaign) = (run.desk, run.campaign)
            for message in unknown.prefix(3) {
                let result = try desk.read(
                    ActionBody.self,
                    "messages",
                    "resolve",
                    "\(message.id)",
                    "--sent"
                )
                #expect(result.changed == 1)
            }
            #expect(try desk.campaign(campaign).status == "PARTIAL")
            #expect(try desk.messages(campaign, state: "unknown") == Array(unknown.dropFirst(3)))
            let result = try desk.read(
                ActionBody.self,
                "messages",
                "resolve",
                "--campaign",
                campaign,
                "--state",
                "unknown",
                "--sent"
            )
            #expect(result.changed == unknown.count - 3)
            #expect(try desk.messages(campaign, state: "unknown").isEmpty)
            #expect(try desk.campaign(campaign).status == "SENT")
            try desk.checkBooks(of: campaign, built: KillRun.contacts.count)
            #expect(Copies(run.server.dots.elements).repeated.isEmpty)
        }
    }
}
