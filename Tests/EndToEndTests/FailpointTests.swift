import APITypes
import TestSupport
import Testing

extension EndToEnd {
    /// A death at each stage of one message, and of each job.
    @Suite("Failpoints")
    struct Failpoints {
        /// Where a message stands when the daemon dies, in the order in which it gets there.
        enum Stage: String, CaseIterable {
            /// Durably in flight, and no byte has left.
            case claimed
            case mail
            case body
            /// The server has the final dot and has not answered.
            case dot
            /// The answer has arrived and is not recorded.
            case replied

            /// Whether the server has the message.
            var hasLeft: Bool { self == .dot || self == .replied }
        }

        @Test(
            "with inDoubt: resend it is sent again once, with its Message-ID",
            arguments: Stage.allCases
        )
        func resend(stage: Stage) throws {
            let scene = try DeathScene(stage: stage, inDoubt: "resend")
            defer { scene.server.stop() }
            let message = try scene.die()
            #expect(message.state == "ready")
            try scene.daemon.start()
            #expect(try scene.desk.wait(for: scene.campaign) == "SENT")
            let sent = try #require(try scene.desk.messages(scene.campaign).first)
            #expect(sent.state == "sent")
            #expect(sent.doubts == 1)
            let dots = scene.server.dots.elements
            #expect(dots.count == (stage.hasLeft ? 2 : 1))
            #expect(Set(dots.map { $0.header("Message-ID") }) == ["<\(sent.messageId ?? "")>"])
            #expect(Set(dots.map(\.content)).count == 1)
        }

        @Test("with inDoubt: hold it is unknown until it is resolved", arguments: Stage.allCases)
        func hold(stage: Stage) throws {
            let scene = try DeathScene(stage: stage, inDoubt: "hold")
            defer { scene.server.stop() }
            let message = try scene.die()
            #expect(message.state == "unknown")
            try scene.daemon.start()
            #expect(try scene.desk.wait(for: scene.campaign) == "PARTIAL")
            #expect(scene.server.dots.elements.count == (stage.hasLeft ? 1 : 0))
            let verdict = stage.hasLeft ? "--sent" : "--resend"
            let result = try scene.desk.read(
                ActionBody.self,
                "messages",
                "resolve",
                "\(message.id)",
                verdict
            )
            #expect(result.changed == 1)
            #expect(try scene.desk.wait(for: scene.campaign) == "SENT")
            #expect(scene.server.dots.elements.count == 1)
        }

        @Test("in doubt a second time it becomes unknown")
        func twice() throws {
            let scene = try DeathScene(stage: .claimed, inDoubt: "resend")
            defer { scene.server.stop() }
            _ = try scene.die()
            let again = try scene.daemon.launch(failpoint: "message.claimed")
            #expect(try again.wait() == .killed(9))
            let message = try #require(try scene.desk.messages(scene.campaign).first)
            #expect(message.state == "unknown")
            #expect(message.doubts == 2)
        }

        @Test(
            "a job whose process dies is given its attempt back",
            arguments: ["create", "build", "send"]
        )
        func job(kind: String) throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let contacts = Contacts(count: 3)
            let spec = desk.emailSpec(
                template: try desk.putTemplate(),
                list: try desk.importList(contacts.csv)
            )
            // The steps before the one to die in are done in peace.
            let before = ["create": "create", "build": "create", "send": "build"][kind] ?? ""
            if kind == "create" { #expect(try daemon.terminate() == .exited(0)) }
            let job = try desk.read(JobBody.self, "enqueue", "-", "--until", before, input: spec)
            let id = try #require(job.campaignId)
            var step = job.id
            if kind != "create" {
                try desk.wait(for: id)
                #expect(try daemon.terminate() == .exited(0))
                step = try desk.read(JobBody.self, "enqueue", kind, id).id
            }
            #expect(try daemon.launch(failpoint: "job.started").wait() == .killed(9))
            let died = try desk.job(step)
            #expect(died.kind == kind)
            #expect(died.state == "available")
            #expect(died.attempt == 0)
            #expect(died.attempts?.map(\.outcome) == ["crashed"])
            try daemon.start()
            try desk.wait(for: id)
            #expect(try desk.job(step).state == "completed")
            #expect(try desk.job(step).attempt == 1)
            try desk.checkBooks(of: id, built: kind == "create" ? 0 : contacts.count)
        }
    }
}

/// A campaign to one contact whose daemon dies with the message at a stage.
struct DeathScene {
    let server: ScriptedSMTPServer
    let daemon: TemporaryDaemon
    let desk: Operator
    let campaign: String
    private let stage: EndToEnd.Failpoints.Stage
    private let isThere: TestSignal

    /// Starts everything; the daemon is on its way to the stage.
    init(stage: EndToEnd.Failpoints.Stage, inDoubt: String) throws {
        let (isThere, gate) = (TestSignal(), SMTPScriptGate())
        server = try ScriptedSMTPServer { event in
            guard event.stage == stage.event, event.connection == 0 else { return .proceed }
            isThere.fire()
            return .hold(gate, then: .hangUp)
        }
        daemon = try TemporaryDaemon(
            configuration: Configuration.smtp(port: server.port, inDoubt: inDoubt)
        )
        desk = Operator(daemon: daemon)
        self.stage = stage
        self.isThere = isThere
        try daemon.start(failpoint: stage.failpoint)
        campaign = try desk.enqueueEmail(to: Contacts(count: 1))
    }

    /// Lets the daemon die at the stage; answers the message as it is then.
    func die() throws -> MessageBody {
        if stage.event != nil {
            try isThere.wait(for: "\(stage)")
            daemon.running.kill()
        }
        #expect(try daemon.running.wait() == .killed(9))
        let message = try #require(try desk.checkBooks(of: campaign, built: 1).first)
        #expect(message.doubts == 1)
        return message
    }
}

extension EndToEnd.Failpoints.Stage {
    /// Where the server sees it.
    fileprivate var event: SMTPScriptEvent.Stage? {
        switch self {
        case .claimed, .replied: nil
        case .mail: .mail
        case .body: .body
        case .dot: .dot
        }
    }

    /// Where the daemon kills itself.
    fileprivate var failpoint: String? {
        switch self {
        case .claimed: "message.claimed"
        case .replied: "message.replied"
        case .mail, .body, .dot: nil
        }
    }
}
