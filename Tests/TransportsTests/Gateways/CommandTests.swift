import Campaigns
import Foundation
import TestSupport
import Testing

@testable import Transports

@Suite("Messages handed to a program", .timeLimit(.minutes(10)))
struct CommandTests {
    private typealias Outcome = Result<Delivery, TransportError>

    private func run(
        _ script: String,
        text: String = "Hello",
        timeout: Duration = .seconds(20)
    ) throws -> Outcome {
        let transport = CommandTransport(
            CommandSettings(argv: ["sh", "-c", script, "name", "an argument"], timeout: timeout),
            maxConnections: 2,
            inDoubt: .hold
        )
        let outcomes = Recorder<Outcome>()
        transport.send(.sample(.sms, text)) { outcomes.append($0) }
        return try outcomes.wait(forCount: 1)[0]
    }

    @Test(
        "the exit status tells what became of the message",
        arguments: [
            (65, TransportError.rejected(.content, reply: "exit 65")),
            (67, .rejected(.recipient, reply: "exit 67")),
            (1, .rejected(.content, reply: "exit 1")),
            (69, .unavailable(reason: "exit 69", retryAfter: nil)),
            (75, .deferred(reply: "exit 75", retryAfter: nil)),
        ]
    )
    func exits(status: Int, expected: TransportError) throws {
        #expect(try run("exit \(status)") == .failure(expected))
    }

    @Test("the message is on its standard input, and the first line it prints is the reply")
    func input() throws {
        let text = "é \"🎉\" " + String(repeating: "long ", count: 40_000)
        let reply = try run("wc -c; echo two; [ \"$1\" = 'an argument' ]", text: text)
        let count = MessageDocument(.sample(.sms, text)).encoded.count
        #expect(reply == .success(Delivery(reply: "exit 0: \(count)")))
    }

    @Test("a program that is killed, or that takes too long and is killed for it, is in doubt")
    func killed() throws {
        #expect(
            try run("kill -9 $$")
                == .failure(.outcomeUnknown(evidence: "the program was killed by signal 9"))
        )
        #expect(
            try run("sleep 600 & sleep 600", timeout: .milliseconds(200))
                == .failure(.outcomeUnknown(evidence: "the program was killed by signal 9"))
        )
    }

    @Test("a program that is not there is nobody's fault")
    func absent() throws {
        let transport = CommandTransport(
            CommandSettings(argv: ["/nowhere/at/all"], timeout: .seconds(20)),
            maxConnections: 1,
            inDoubt: .hold
        )
        let outcomes = Recorder<Outcome>()
        transport.send(.sample(.sms, "")) { outcomes.append($0) }
        let outcome = try outcomes.wait(forCount: 1)[0]
        #expect(outcome == .failure(.unavailable(reason: "exit 127", retryAfter: nil)))
    }

    @Test("at the end programs are waited for, and killed when the time is up")
    func shutdown() throws {
        let transport = CommandTransport(
            CommandSettings(
                argv: ["sh", "-c", "echo started; exec sleep 600"],
                timeout: .seconds(600)
            ),
            maxConnections: 1,
            inDoubt: .hold
        )
        let outcomes = Recorder<Outcome>()
        transport.send(.sample(.sms, "")) { outcomes.append($0) }
        let done = TestSignal()
        transport.shutDown(timeout: .milliseconds(50)) { done.fire() }
        try done.wait(for: "the end")
        #expect(outcomes.elements.count == 1)
        transport.send(.sample(.sms, "")) { outcomes.append($0) }
        #expect(try outcomes.wait(forCount: 2)[1] == .failure(.abandoned))
    }
}
