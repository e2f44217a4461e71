import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The main job")
    struct MainJob {
        @Test("a campaign on three channels goes from a file to delivered files")
        func spool() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let list = try desk.importList(
                """
                email,phone,name
                ann@example.com,+12025550101,Ann
                bo@example.com,,"Bo ""B"" Ek, Jr."
                not an address,,Nobody
                ,+12025550103,Дмитрий

                """
            )
            let email = try desk.putTemplate(html: "<p>Dear {{name}}</p>")
            let sms = try desk.putTemplate("sms", text: "Hi {{name}}")
            let voice = try desk.putTemplate("voice", text: "Good evening {{name}}")
            let result = try desk.run(
                "enqueue",
                "-",
                "--wait",
                input: """
                    {"name":"Evening","channel":["email","sms","voice"],"contactListId":["\(list)"],
                    "settings":{"email":{"fromEmail":"news@example.com","templateId":"\(email)"},
                    "sms":{"shortCode":"2025550100","templateId":"\(sms)","version":1},
                    "voice":{"callerId":"2025550100","templateId":"\(voice)"}}}
                    """
            )
            #expect(result.end == .exited(0), "\(result.errors)")
            #expect(result.errors.contains("delivered to files"))
            let job = try JSONCoding.decode(JobBody.self, from: Data(result.output.utf8))
            let id = try #require(job.campaignId)
            let campaign = try desk.campaign(id)
            #expect(campaign.status == "SENT")
            #expect(campaign.messages == ["sent": 6])
            #expect(campaign.deliveredToFiles == true)
            let outbox = "\(daemon.dataFolder)/outbox"
            for message in try desk.checkBooks(of: id, built: 6) where message.state == "sent" {
                let path = try #require(message.lastReply)
                #expect(path.hasPrefix(outbox))
                let text = try #require(TestFile.text(path))
                #expect(text.contains(message.recipient))
            }
            #expect(try files(under: outbox).count == 6)
            #expect(try daemon.terminate() == .exited(0))
        }

        private func files(under folder: String) throws -> [String] {
            let all = try FileManager.default.subpathsOfDirectory(atPath: folder)
            return all.filter { $0.hasSuffix(".eml") || $0.hasSuffix(".json") }
        }

        @Test("a campaign goes over SMTP, each message with its own text and Message-ID")
        func smtp() throws {
            let server = try ScriptedSMTPServer()
            defer { server.stop() }
            let daemon = try TemporaryDaemon(configuration: Configuration.smtp(port: server.port))
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let contacts = Contacts(count: 200)
            let id = try desk.enqueueEmail(to: contacts)
            #expect(try desk.wait(for: id) == "SENT")
            let messages = try desk.checkBooks(of: id, built: contacts.count)
            #expect(messages.map(\.recipient) == contacts.addresses)
            #expect(messages.allSatisfy { $0.lastReply == "250 2.0.0 queued" })
            let copies = Copies(server.accepted.elements)
            #expect(copies.repeated.isEmpty)
            for (number, message) in zip(1..., messages) {
                let copy = try #require(copies[message.recipient].first)
                try #require(copy.sender == "news@example.com")
                try #require(copy.header("From") == "News <news@example.com>")
                try #require(copy.header("To") == message.recipient)
                try #require(copy.header("Subject") == "Hello Ann \(number)")
                try #require(copy.header("Message-ID") == message.messageId.map { "<\($0)>" })
                let isItsOwn = copy.text.contains("Dear Ann \(number),\r\nthis is for you.\r\n")
                try #require(isItsOwn)
            }
            #expect(Set(messages.compactMap(\.messageId)).count == contacts.count)
            #expect(server.connections.elements.count <= 8)
        }
    }
}
