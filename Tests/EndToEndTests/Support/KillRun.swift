import APITypes
import TestSupport
import Testing

/// One campaign by SMTP whose daemon is killed and started again and again.
struct KillRun {
    static let contacts = Contacts(count: 5_000)
    private static let maxConnections = 8

    /// A moment to kill at.
    private enum Moment {
        /// So long after the start of a daemon that finds the campaign to be created.
        case start(milliseconds: Int32)
        /// While it is built, when so many messages are.
        case building(Int)
        /// When the server has seen so many final dots.
        case dots(Int)
    }

    let server: ScriptedSMTPServer
    let daemon: TemporaryDaemon
    let desk: Operator
    let campaign: String
    private let seed: UInt64

    /// Enqueues the campaign while no daemon runs.
    init(inDoubt: String) throws {
        server = try ScriptedSMTPServer()
        let yaml = Configuration.smtp(
            port: server.port,
            maxConnections: Self.maxConnections,
            inDoubt: inDoubt
        )
        daemon = try TemporaryDaemon(configuration: yaml)
        desk = Operator(daemon: daemon)
        seed = UInt64.random(in: 0...UInt64.max)
        print("kill test, inDoubt: \(inDoubt), seed \(seed)")
        try daemon.start()
        let spec = desk.emailSpec(
            template: try desk.putTemplate(),
            list: try desk.importList(Self.contacts.csv)
        )
        try daemon.kill()
        campaign = try desk.enqueue(spec)
    }

    func stop() { server.stop() }

    /// Kills the daemon at eight moments and checks what each death leaves; a daemon runs afterwards.
    func killEverywhere() throws {
        var doubts = 0
        for moment in moments {
            let isReached = try live(until: moment)
            try daemon.kill()
            let messages = try desk.checkBooks(of: campaign, built: Self.contacts.count)
            let inflight = messages.count { $0.state == "inflight" }
            #expect(inflight == 0, "no message is in flight when no daemon lives")
            let new = messages.reduce(0) { $0 + $1.doubts } - doubts
            doubts += new
            #expect(new <= 2 * Self.maxConnections)
            let status = try desk.campaign(campaign).status
            print("killed at \(moment)\(isReached ? "" : " (passed)"): \(status), \(new) in doubt")
        }
        try daemon.start()
    }

    private var moments: [Moment] {
        let random = SeededRandom(seed: seed)
        func between(_ low: Int, _ high: Int) -> Int {
            low + Int(random.next() * Double(high - low))
        }
        return [.start(milliseconds: Int32(between(0, 200)))]
            + [between(1, 1_500), between(2_000, 4_000)].map { .building($0) }
            + stride(from: 100, to: 4_900, by: 960).map { .dots(between($0, $0 + 900)) }
    }

    /// Starts a daemon and returns at the moment; false where it had passed.
    private func live(until moment: Moment) throws -> Bool {
        guard case .start(let milliseconds) = moment else {
            try daemon.start()
            switch moment {
            case .building(let count): return try waitForBuilding(count)
            case .dots(let count): return try waitForDots(count)
            case .start: return true
            }
        }
        return try !daemon.launch().hasEnded(within: milliseconds)
    }

    private func waitForBuilding(_ count: Int) throws -> Bool {
        let campaign = try desk.watch(campaign) {
            desk.checkSum(of: $0, built: Self.contacts.count)
            return $0.status != "DRAFT" && $0.built >= count
        }
        return campaign.status == "BUILDING"
    }

    private func waitForDots(_ count: Int) throws -> Bool {
        desk.checkSum(of: try desk.campaign(campaign), built: Self.contacts.count)
        let dots = server.dots.elements.count
        try server.dots.wait(forCount: count)
        return dots < count
    }
}

// MARK: What it came to

extension KillRun {
    /// Checks what the server has against what the daemon says.
    func checkCopies(of messages: [MessageBody]) {
        #expect(messages.map(\.recipient) == Self.contacts.addresses)
        let copies = Copies(server.dots.elements)
        let accepted = Copies(server.accepted.elements)
        for message in messages {
            let own = copies[message.recipient]
            let ids = Set(own.compactMap { $0.header("Message-ID") })
            if message.state == "sent" {
                #expect(!accepted[message.recipient].isEmpty, "\(message) was not sent")
            }
            if own.count > 1 {
                #expect(own.count <= message.doubts + 1, "\(message) was repeated without doubt")
            }
            if !own.isEmpty {
                #expect(ids == ["<\(message.messageId ?? "")>"], "\(message)")
            }
        }
    }

    /// Prints the numbers.
    func report(_ messages: [MessageBody]) {
        let copies = Copies(server.dots.elements)
        let doubted = messages.count { $0.doubts > 0 }
        let unknown = messages.count { $0.state == "unknown" }
        print(
            "\(messages.count) contacts, \(doubted) were in doubt, \(unknown) are unknown, ",
            "\(copies.repeated.count) got a second copy; the server saw ",
            "\(server.dots.elements.count) final dots",
            separator: ""
        )
    }
}
