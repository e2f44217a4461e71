import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The built daemon drives a server that gives no id and repeats every write.
    @Suite("Accounts at other servers")
    struct Remote {
        /// Where the daemon dies, in the order in which a write gets there.
        enum Point: String, CaseIterable {
            /// The intent is stored, and the request has not left.
            case asked
            /// The reply is there, and not stored.
            case replied
            /// What the reply said is stored.
            case recorded
        }

        /// A death at one point of one write, and what the network does to the write's first request.
        struct Death: CustomTestStringConvertible, Sendable {
            var step: String
            var point: Point
            var fault: SeedServer.Fault
            var testDescription: String { "\(step) \(point) \(fault)" }

            static let all = ["create", "build", "send"].flatMap { step in
                Point.allCases.flatMap { point in
                    [SeedServer.Fault.none, .dropReply, .dropRequest].map {
                        Death(step: step, point: point, fault: $0)
                    }
                }
            }

            /// How often nobody can tell if a send was taken: the server shows BUILD, and no reply
            /// came to a request that may have left.
            var doubts: Int {
                step != "send" ? 0 : (point == .asked ? 1 : 0) + (fault == .dropRequest ? 1 : 0)
            }
        }

        @Test(
            "a death at any point of any write builds and sends nothing twice",
            arguments: Death.all
        )
        func dies(_ death: Death) throws {
            let server = try SeedServer { write, number in
                write == death.step && number == 1 ? death.fault : .none
            }
            defer { server.stop() }
            let scene = try RemoteScene(server)
            // A first run makes the database; then the campaign is enqueued without a daemon.
            try scene.daemon.start()
            #expect(try scene.daemon.terminate() == .exited(0))
            let campaign = try scene.enqueue()
            let doomed = try scene.daemon.launch(
                failpoint: "remote.\(death.point.rawValue):\(death.step)"
            )
            #expect(try doomed.wait() == .killed(9))
            try scene.daemon.start()
            for _ in 0..<death.doubts {
                #expect(try scene.desk.wait(for: campaign) == "BUILD")
                let job = try #require(try scene.desk.campaign(campaign).job)
                #expect(job.holdReason == "in_doubt")
                #expect(server.own.map(\.sends) == [0])
                _ = try scene.desk.read(JobBody.self, "jobs", "resolve", "\(job.id)", "--resend")
            }
            #expect(try scene.desk.wait(for: campaign) == "SENT")
            #expect(server.own.map(\.builds) == [1])
            #expect(server.own.map(\.sends) == [1])
        }

        @Test("commands show the account, the evidence, and never the token")
        func commands() throws {
            let server = try SeedServer()
            defer { server.stop() }
            let scene = try RemoteScene(server)
            try scene.daemon.start()
            let campaign = try scene.enqueue()
            #expect(try scene.desk.wait(for: campaign) == "SENT")
            let shown = try scene.desk.campaign(campaign)
            #expect(shown.account == "other")
            #expect(shown.remote?.status == "SENT")
            #expect(shown.remote?.counts == ["SENT": 5])
            let job = try scene.desk.job(try #require(shown.job).id)
            #expect(job.exchanges?.contains { $0.request.hasPrefix("PUT /api/campaign/") } == true)
            let accounts = try scene.desk.lines(AccountBody.self, "accounts", "list")
            #expect(accounts.map(\.name) == ["other"])
            #expect(accounts.first?.state == "open")
            _ = try scene.desk.read(ResultBody.self, "accounts", "pause", "other")
            let paused = try scene.desk.read(AccountBody.self, "accounts", "show", "other")
            #expect(paused.state == "paused")
            #expect(
                try scene.desk.status().warnings.contains { $0.contains("accounts resume other") }
            )
            #expect(try scene.daemon.terminate() == .exited(0))
            let folder = URL(filePath: scene.daemon.dataFolder)
            let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            for file in files {
                let bytes = (try? Data(contentsOf: folder.appending(path: file))) ?? Data()
                #expect(bytes.range(of: Data(server.manner.token.utf8)) == nil, "\(file)")
            }
            #expect(!scene.daemon.log.contains(server.manner.token))
        }
    }
}

/// A daemon with an account at a server, and somebody who gives it work.
private struct RemoteScene {
    let daemon: TemporaryDaemon
    let desk: Operator

    init(_ server: SeedServer) throws {
        daemon = try TemporaryDaemon(
            configuration: """
                logLevel: debug
                defaultAccount: other
                accounts:
                  other:
                    baseURL: "\(server.url)"
                    userId: "648b80839b30ddb88cdbab11"
                    tokenFile: token
                    settle: 200ms
                    poll: { first: 100ms, max: 1s }
                    ratePerSecond: 500
                """
        )
        desk = Operator(daemon: daemon)
        try TestFile.write(server.manner.token + "\n", to: "\(daemon.folder)/token")
    }

    /// Enqueues a campaign whose template and list are at the server.
    func enqueue() throws -> String {
        try desk.enqueue(
            desk.emailSpec(
                template: "66d845e99bb64dbbd0d449d8",
                list: "687a0f67137b4868f1b1eaea"
            )
        )
    }
}
