import NIOCore
import NIOEmbedded
import Testing

@testable import APIServer

@Suite("the time a head may take", .timeLimit(.minutes(10)))
struct HeadDeadlineTests {
    private let channel: EmbeddedChannel

    init() throws {
        channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(HeadDeadline(.seconds(75)))
        try channel.connect(to: .init(unixDomainSocketPath: "/x")).wait()
    }

    private func pass(_ seconds: Int64) {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }

    @Test("a connection that brings no head is closed")
    func none() {
        pass(74)
        #expect(channel.isActive)
        pass(1)
        #expect(!channel.isActive)
    }

    @Test("behind a head the answer may take what it takes; then the next head has its time")
    func answered() throws {
        pass(74)
        try channel.writeInbound("head")
        pass(1_000)
        #expect(channel.isActive)
        try channel.writeOutbound("answer")
        pass(74)
        #expect(channel.isActive)
        pass(1)
        #expect(!channel.isActive)
    }
}
