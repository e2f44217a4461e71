import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What cannot be done is refused with the field at fault, and leaves nothing behind.
    @Suite("Bad input")
    struct BadInput {
        @Test("a bad request is refused whole, with the field at fault", arguments: [true, false])
        func refused(isDaemonRunning: Bool) throws {
            let desk = Operator(daemon: try TemporaryDaemon(configuration: Configuration.spool))
            try desk.daemon.start()
            let ids = BadRequest.Ids(
                email: try desk.putTemplate(),
                sms: try desk.putTemplate("sms", text: "Hi {{name}}"),
                list: try desk.importList(Contacts(count: 1).csv)
            )
            if !isDaemonRunning { #expect(try desk.daemon.terminate() == .exited(0)) }
            let before = try stored(desk)
            for request in BadRequest.all {
                let result = try desk.daemon.control(
                    request.arguments(with: ids) + ["--json"],
                    input: request.input(with: ids)
                )
                #expect(result.end == .exited(request.exit), "\(request): \(result.errors)")
                let isTold = result.errors.contains(request.complaint)
                #expect(isTold, "\(request): \(result.errors)")
                #expect(result.output.isEmpty, "\(request)")
            }
            #expect(try stored(desk) == before)
        }

        /// Everything that is stored, counted.
        private func stored(_ desk: Operator) throws -> [Int] {
            [
                try desk.lines(JobBody.self, "jobs", "list").count,
                try desk.lines(CampaignBody.self, "campaigns", "list").count,
                try desk.lines(TemplateBody.self, "templates", "list").count,
                try desk.lines(ListBody.self, "lists", "list").count,
            ]
        }

        @Test("bad rows of a file are named, the good ones are taken, and no header can be forged")
        func rows() throws {
            let desk = Operator(daemon: try TemporaryDaemon(configuration: Configuration.spool))
            try desk.daemon.start()
            let file = "\(desk.daemon.folder)/rows.csv"
            try TestFile.write(
                """
                email,name
                ann@example.com,Ann
                not an address,Bo
                cy@example.com,"a\0b"
                di@example.com,\(String(repeating: "x", count: 1_000_000))
                ed@example.com,"Ed\r\nBcc: victim@example.org"
                fay@example.com

                """,
                to: file
            )
            let result = try desk.run("lists", "import", file, "--name", "Rows")
            #expect(result.end == .exited(0))
            let complaints = [
                "3: email \"not an address\" has no @", "4: has a NUL byte",
                "5: has a cell of more than 65536 bytes", "8: has 1 cells where the header has 2",
            ]
            #expect(result.errors == complaints.map { "\(file):\($0)\n" }.joined())
            let list = try JSONCoding.decode(ImportBody.self, from: Data(result.output.utf8))
            #expect(list.contacts == 2)
            #expect(list.rejected == 4)
            let id = try desk.enqueue(
                desk.emailSpec(template: try desk.putTemplate(), list: list.contactListId)
            )
            #expect(try desk.wait(for: id) == "SENT")
            let campaign = try desk.campaign(id)
            #expect(campaign.messages == ["sent": 1])
            #expect(campaign.excluded == ["render-error": 1])
        }

        @Test("a campaign for whom nobody has an address fails and says so")
        func nobody() throws {
            let desk = Operator(daemon: try TemporaryDaemon(configuration: Configuration.spool))
            try desk.daemon.start()
            let list = try desk.importList("phone,name\n+12025550101,Ann\n")
            let id = try desk.enqueue(
                desk.emailSpec(template: try desk.putTemplate(), list: list)
            )
            let result = try desk.run("wait", id)
            #expect(result.end == .exited(1))
            let campaign = try desk.campaign(id)
            #expect(campaign.status == "FAILED")
            #expect(campaign.reason?.contains("empty-audience") == true)
            #expect(campaign.excluded == ["no-address": 1])
        }
    }
}
