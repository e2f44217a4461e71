import Foundation
import JobQueue
import TestSupport
import Testing
import Transports

@testable import Campaigns

@Suite("Campaigns delivered to files", .timeLimit(.minutes(10)))
struct SpoolTests {
    @Test("emails are whole RFC 5322 files in a Maildir, named by message id")
    func maildir() throws {
        let folder = try DataFolder()
        let engine = try Engine(in: folder, email: folder.spool(.email))
        let id = try engine.campaign(of: 25)
        try engine.wait(for: id, .sent)

        let messages = try engine.messages(of: id)
        #expect(try folder.files(in: "outbox/email") == ["cur", "new", "tmp"])
        #expect(try folder.files(in: "outbox/email/tmp").isEmpty)
        #expect(try folder.files(in: "outbox/email/cur").isEmpty)
        #expect(
            try folder.files(in: "outbox/email/new") == messages.map { "\($0.id).eml" }.sorted()
        )
        for message in messages {
            let file = "outbox/email/new/\(message.id).eml"
            let text = String(decoding: try folder.bytes(of: file), as: UTF8.self)
            #expect(
                text.contains("To: <\(message.recipient)>\r\n") || text.contains(message.recipient)
            )
            #expect(text.contains("Message-ID: <\(message.id).\(id)@example.org>\r\n"))
            #expect(text.contains("Subject: News\r\n"))
            #expect(text.hasSuffix("\r\n"))
            #expect(message.lastReply == "\(folder.path)/\(file)")
        }
        #expect(try engine.campaign(id).transports == [.email: "spool"])
        try engine.finish()
    }

    @Test("SMS and calls are JSON files with stable fields, named by message id")
    func json() throws {
        let folder = try DataFolder()
        let engine = try Engine(
            in: folder,
            sms: folder.spool(.sms),
            voice: folder.spool(.voice)
        )
        let list = try engine.list([.named("Ann \"A\"", phone: "+19498671001")])
        let spec = try engine.spec([.sms, .voice], lists: [list])
        let id = try engine.campaign(CampaignOrder(spec: spec))
        try engine.wait(for: id, .sent)

        for channel in [Channel.sms, .voice] {
            let message = try required(engine.messages(of: id, .sent, channel).first)
            let files = try folder.files(in: "outbox/\(channel.rawValue)")
            #expect(files == [".tmp", "\(message.id).json"])
            let bytes = try folder.bytes(of: "outbox/\(channel.rawValue)/\(message.id).json")
            #expect(bytes.last == UInt8(ascii: "\n"))
            let file = try JSONDecoder().decode(SpooledFile.self, from: bytes)
            #expect(
                file
                    == SpooledFile(
                        id: message.id,
                        campaignId: id,
                        channel: channel.rawValue,
                        from: "+19498671000",
                        to: "+19498671001",
                        text: "Hello Ann \"A\"",
                        date: engine.clock.now.description
                    )
            )
        }
        try engine.finish()
    }

    @Test("a death between file and record writes the same file again, and nothing is in doubt")
    func death() throws {
        let folder = try DataFolder()
        let first = try Engine(in: folder, email: folder.spool(.email))
        let tap = try required(first.taps[.email])
        tap.holdResults()
        let id = try first.campaign(of: 3)
        try first.wait(for: id, .sending)
        try tap.turns.wait(for: "the claim") { $0.contains { !$0.claimed.isEmpty } }
        tap.fail(with: .unavailable("the disk is gone"))
        tap.releaseResults()
        try tap.turns.wait(for: "an outcome that is not stored") { turns in
            turns.contains { !$0.isCommitted && !$0.exchange.ended.isEmpty }
        }
        try first.kill()
        let before = try folder.files(in: "outbox/email/new")
        #expect(!before.isEmpty)

        let second = try Engine(in: folder, clock: first.clock, email: folder.spool(.email))
        try second.wait(for: id, .sent)
        #expect(try folder.files(in: "outbox/email/new").count == 3)
        #expect(Set(before).isSubset(of: try folder.files(in: "outbox/email/new")))
        #expect(try second.messages(of: id).allSatisfy { $0.doubts == 0 })
        try second.finish()
    }

    @Test("a folder that cannot be written is a transport that is not there: nothing is spent")
    func unwritable() throws {
        let folder = try DataFolder()
        let engine = try Engine(in: folder, email: folder.spool(.email))
        try folder.move("outbox/email/tmp", to: "outbox/email/away")
        let id = try engine.campaign(of: 3)
        try engine.wait(for: id, .sending)
        let tap = try required(engine.taps[.email])
        try tap.turns.wait(for: "messages given back") { turns in
            turns.flatMap(\.exchange.ended).filter { $0.ending == .givenBack }.count >= 3
        }
        let status = try required(engine.dispatchers[.email]?.status)
        #expect(status.breaker == "open")
        #expect(status.reason?.contains("outbox/email/tmp") == true)
        #expect(try engine.messages(of: id).allSatisfy { $0.attempts == 0 })

        try folder.move("outbox/email/away", to: "outbox/email/tmp")
        engine.clock.advance(by: .seconds(1))
        try engine.wait(for: id, .sent)
        #expect(try folder.files(in: "outbox/email/new").count == 3)
        try engine.finish()
    }
}

/// The documented fields of a spooled SMS or call.
private struct SpooledFile: Decodable, Equatable {
    var id: Int64
    var campaignId: String
    var channel: String
    var from: String
    var to: String
    var text: String
    var date: String
}

extension DataFolder {
    /// A spool below this folder.
    fileprivate func spool(_ channel: Channel) throws -> SpoolTransport {
        try SpoolTransport(channel: channel, outbox: "\(path)/outbox", maxConnections: 4)
    }
}
