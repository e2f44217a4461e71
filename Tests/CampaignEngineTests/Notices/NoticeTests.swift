import Foundation
import JobQueue
import Logging
import Outbound
import SQLiteStore
import TestSupport
import Testing
import Transports

/// What a webhook is told.
@Suite("Notices", .timeLimit(.minutes(10)))
struct NoticeTests {
    @Test("a notice that is not taken is tried again on the schedule, under one id")
    func retries() throws {
        let answers = Recorder<Int>()
        let server = try ScriptedHTTPServer { stage, _ in
            guard stage == .request else { return .proceed }
            answers.append(0)
            switch answers.elements.count {
            case 1: return .reply(500)
            case 2: return .hangUp
            default: return .proceed
            }
        }
        defer { server.stop() }
        let desk = try NoticeDesk(server.url)
        _ = try desk.discardJobs(1)
        desk.sender.start()
        for pause in NoticeSender.schedule.prefix(2) {
            try desk.clock.wait(forDeadline: desk.clock.now + pause)
            desk.clock.advance(by: pause)
        }
        let requests = try server.requests.wait(forCount: 3)
        #expect(Set(requests.map { $0[header: "webhook-id"] }).count == 1)
        #expect(Set(requests.map(\.text)).count == 1)
        try desk.stop()
        #expect(try desk.store.nextNotice() == nil)
    }

    @Test("a notice is given up after the last attempt of the schedule, and the next one goes")
    func givenUp() throws {
        let server = try ScriptedHTTPServer { stage, _ in stage == .request ? .reply(410) : .proceed
        }
        defer { server.stop() }
        let desk = try NoticeDesk(server.url)
        _ = try desk.discardJobs(1)
        desk.sender.start()
        for pause in NoticeSender.schedule {
            try desk.clock.wait(forDeadline: desk.clock.now + pause)
            desk.clock.advance(by: pause)
        }
        let attempts = NoticeSender.schedule.count + 1
        #expect(try server.requests.wait(forCount: attempts).count == attempts)
        try desk.log.wait(forCount: 2)
        #expect(desk.log.elements.last?.contains("not tried again") == true)
        try desk.stop()
        #expect(try desk.store.nextNotice() == nil)
    }

    @Test("one that is put off holds up no other")
    func order() throws {
        let server = try ScriptedHTTPServer { stage, request in
            guard stage == .request else { return .proceed }
            return request[header: "webhook-id"] == "msg_1" ? .reply(503) : .proceed
        }
        defer { server.stop() }
        let desk = try NoticeDesk(server.url)
        _ = try desk.discardJobs(3)
        desk.sender.start()
        let requests = try server.requests.wait(forCount: 3)
        #expect(requests.map { $0[header: "webhook-id"] } == ["msg_1", "msg_2", "msg_3"])
        try desk.stop()
    }

    @Test("without a webhook nothing is kept")
    func off() throws {
        let desk = try NoticeDesk("http://127.0.0.1:1")
        try desk.store.setNotices(on: false)
        _ = try desk.discardJobs(2)
        #expect(try desk.store.nextNotice() == nil)
        try desk.stop()
    }

    @Test(
        "the signature is what the specification's own library accepts",
        .enabled(if: Oracle.isThere)
    )
    func signature() throws {
        let endpoint = try #require(WebhookEndpoint(url: "http://x/", secret: NoticeDesk.secret))
        let desk = try NoticeDesk("http://127.0.0.1:1")
        let jobs = try desk.discardJobs(1)
        let notice = try #require(try desk.store.nextNotice())
        try desk.stop()
        let request = endpoint.request(for: notice, at: SystemClock().wall)
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
        let verified = try Oracle.verified(
            body: request.body,
            headers: headers,
            secret: NoticeDesk.secret
        )
        #expect(verified.contains("'type': 'job.discarded'"))
        #expect(verified.contains("'jobId': \(jobs[0])"))
        #expect(WebhookEndpoint(url: "http://x/", secret: "whsec_c2hvcnQ=") == nil)
    }
}

/// A store, and a sender that was not started.
private struct NoticeDesk {
    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    let folder: DataFolder
    let clock = ManualClock()
    let store: SQLiteStore
    let sender: NoticeSender
    let log = Recorder<String>()

    init(_ url: String) throws {
        folder = try DataFolder()
        (store, _) = try SQLiteStore.open(
            StoreOptions(
                folder: folder.path,
                version: "1",
                mayCreate: true,
                runsJobs: true,
                durability: .normal
            ),
            clock: clock
        )
        try store.setNotices(on: true)
        let endpoint = try #require(WebhookEndpoint(url: url, secret: Self.secret))
        let sink = log
        sender = NoticeSender(
            endpoint,
            store: store,
            client: HTTPClient(HTTPClientConfiguration(maxConnections: 1, name: "test.webhook")),
            clock: clock,
            events: store.events,
            logger: Logger(label: "test") { _ in NoticeLog(sink: sink) }
        )
    }

    func discardJobs(_ count: Int) throws -> [Int64] {
        let jobs = (0..<count).map { _ in NewJob(kind: .create) }
        let ids = try store.enqueue(jobs, now: clock.now).map(\.id)
        _ = try store.operate(.discard, on: ids, now: clock.now)
        return ids
    }

    func stop() throws {
        let isDone = TestSignal()
        sender.stop { isDone.fire() }
        try isDone.wait(for: "the end of the sender")
    }
}

private struct NoticeLog: LogHandler {
    let sink: Recorder<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(sink: Recorder<String>) { self.sink = sink }

    func log(event: LogEvent) { sink.append("\(event.message)") }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}

/// The library `standardwebhooks` of the specification's authors, in Python.
private enum Oracle {
    static var isThere: Bool {
        let isThere = python != nil
        if !isThere { print("skipped: CAMPAIGND_ORACLES names no Python (.ci/oracles)") }
        return isThere
    }

    /// The payload as the library reads it; empty where it refuses the signature.
    static func verified(body: [UInt8], headers: [String: String], secret: String) throws -> String
    {
        let folder = try TestFolder()
        let output = "\(folder.path)/output"
        let process = try ChildProcess(
            ChildProcess.Start(
                python ?? "",
                [
                    "-c",
                    """
                    import json, sys
                    from standardwebhooks import Webhook
                    print(Webhook(sys.argv[1]).verify(sys.argv[2], json.loads(sys.argv[3])))
                    """,
                    secret, String(decoding: body, as: UTF8.self),
                    String(decoding: try JSONEncoder().encode(headers), as: UTF8.self),
                ],
                output: output,
                errors: "\(folder.path)/errors"
            )
        )
        #expect(try process.wait() == .exited(0), "\(TestFile.text("\(folder.path)/errors") ?? "")")
        return TestFile.text(output) ?? ""
    }

    private static var python: String? {
        ProcessInfo.processInfo.environment["CAMPAIGND_ORACLES"].flatMap { $0.isEmpty ? nil : $0 }
    }
}
