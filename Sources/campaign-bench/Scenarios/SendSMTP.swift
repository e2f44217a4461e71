import Campaigns
import Dispatch
import Outbound
import Synchronization
import Transports

/// Messages of two kilobytes to a server on this machine, everything about them durable.
///
/// The floor is the same SMTP client without a store; its own floor is postfix's smtp-source.
enum SendSMTP: Scenario {
    static let name = "send-smtp"
    static let standardSize = 20_000
    private static let rounds = 4
    private static let slowDelay = 300

    static func run(_ bench: Bench) throws -> [Figure] {
        let sink = try SMTPSink()
        defer { sink.stop() }
        var figures = try [1, 8, 32, 128].map { connections in
            // One connection waits for each reply: fewer messages say as much.
            let count = max(1, bench.size(in: rounds) / (connections == 1 ? 4 : 1))
            let figure = try send(bench, sink, count: count, connections: connections)
            return connections == 32
                ? figure.toReach(ratio: 0.7, "to the same client without a store") : figure
        }
        figures.append(try clientAlone(bench, sink, connections: 32))
        figures.append(try slow(bench, connections: 32))
        return figures
    }

    private static func send(_ bench: Bench, _ sink: SMTPSink, count: Int, connections: Int) throws
        -> Figure
    {
        let desk = try SMTPDesk(
            bench,
            "send-\(connections)",
            sink,
            count: count,
            connections: connections
        )
        let campaigns = try desk.build(rounds)
        var next = 0
        let comparison = try Comparison(rounds: rounds) {
            try desk.sendAlone()
        } product: {
            defer { next += 1 }
            return try desk.send(campaigns[next])
        }
        try desk.close()
        return Figure(name, "\(connections) connections", comparison)
    }

    /// The client without a store, beside smtp-source.
    private static func clientAlone(_ bench: Bench, _ sink: SMTPSink, connections: Int) throws
        -> Figure
    {
        let program = try Program.required("/usr/sbin/smtp-source", "apt-get install postfix")
        let count = bench.size(in: rounds)
        let desk = try SMTPDesk(bench, "alone", sink, count: count, connections: connections)
        let comparison = try Comparison(rounds: rounds) {
            try Lap.measure(count) {
                let run = try Program.run(
                    program,
                    [
                        "-d", "-s", "\(connections)", "-m", "\(count)", "-l", "2048",
                        "127.0.0.1:\(sink.port)",
                    ]
                )
                guard run.exitCode == 0 else { throw BenchFailure(run.errors) }
                return []
            }
        } product: {
            try desk.sendAlone()
        }
        try desk.close()
        return Figure(name, "\(connections) connections, no store", comparison)
            .toReach(ratio: 0.5, "to smtp-source")
    }

    /// A server that answers each final dot late: every connection is busy, none waits for another.
    private static func slow(_ bench: Bench, connections: Int) throws -> Figure {
        let sink = try SMTPSink(dotDelayMilliseconds: slowDelay)
        defer { sink.stop() }
        let count = max(1, min(bench.size, connections * 20))
        let desk = try SMTPDesk(bench, "slow", sink, count: count, connections: connections)
        let lap = try desk.send(desk.build(1)[0])
        try desk.close()
        var figure = Figure(name, "\(connections) connections, replies after 300 ms", .init(lap))
        figure.floorRate = Double(connections) * 1_000 / Double(slowDelay)
        figure.ratio = lap.rate / (figure.floorRate ?? 1)
        return figure.toReach(ratio: 0.9, "to connections / 0.3 s")
    }
}

/// An engine that sends to a sink, and the same client beside it without a store.
private struct SMTPDesk {
    private let engine: Engine
    private let audience: Audience
    private let client: SMTPClient
    private let count: Int
    private let connections: Int

    /// Imports `count` contacts; the template's text makes messages of two kilobytes.
    init(_ bench: Bench, _ folder: String, _ sink: SMTPSink, count: Int, connections: Int) throws {
        self.count = count
        self.connections = connections
        let configuration = SMTPConfiguration(
            host: "127.0.0.1",
            port: sink.port,
            maxConnections: connections
        )
        engine = try Engine(
            bench,
            folder: folder,
            email: SMTPTransport(configuration, inDoubt: .resend)
        )
        audience = try Audience(engine.service, contacts: count, text: Self.text)
        client = SMTPClient(configuration, label: "bench.smtp")
        engine.start()
    }

    /// Builds that many campaigns.
    func build(_ campaigns: Int) throws -> [ObjectID] {
        try (0..<campaigns).map { _ in
            let campaign = try engine.enqueue(audience, until: .build)
            try engine.wait(for: campaign, toBe: .build)
            return campaign
        }
    }

    /// From the order to send until the campaign is SENT.
    func send(_ campaign: ObjectID) throws -> Lap {
        try Lap.measure(count) {
            try engine.send(campaign)
            try engine.wait(for: campaign, toBe: .sent)
            return []
        }
    }

    /// As many messages by the client alone, twice as many in hand as there are connections.
    func sendAlone() throws -> Lap {
        let content = Array(("Subject: Hello\r\n\r\n" + Self.text.wireLines).utf8)
        let credits = DispatchSemaphore(value: 2 * connections)
        let group = DispatchGroup()
        let accepted = Atomic<Int>(0)
        let lap = Lap.measure(count) {
            for number in 1...count {
                credits.wait()
                group.enter()
                let envelope = SMTPEnvelope(
                    sender: "news@example.com",
                    recipient: "person\(number)@example.org",
                    content: content
                )
                client.send(envelope) { outcome in
                    if case .accepted = outcome { accepted.add(1, ordering: .relaxed) }
                    credits.signal()
                    group.leave()
                }
            }
            group.wait()
            return []
        }
        guard accepted.load(ordering: .relaxed) == count else {
            throw BenchFailure("the sink did not take every message")
        }
        return lap
    }

    func close() throws {
        let done = DispatchSemaphore(value: 0)
        client.shutDown(deadline: .now() + .seconds(5)) { done.signal() }
        done.wait()
        try engine.stop()
    }

    private static let line = String(repeating: "news ", count: 13) + "\n"
    private static let text = "Dear {{name}},\n\n" + String(repeating: line, count: 26)
}

extension String {
    /// With the line ends of a message on its way.
    fileprivate var wireLines: String { split(separator: "\n").joined(separator: "\r\n") + "\r\n" }
}
