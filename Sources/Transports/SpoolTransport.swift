package import Campaigns
import Dispatch
import FoundationEssentials
import JobQueue

/// Delivers to files: email as a Maildir of RFC 5322 files, SMS and voice as JSON files.
///
/// A file is named by its message's id, so writing it again changes nothing: never in doubt. A
/// message is `sent` when its file is durable.
package final class SpoolTransport: MessageTransport {
    package let kind = "spool"
    package let maxConnections: Int
    package let inDoubt = InDoubtPolicy.repeatable
    private let folder: SpoolFolder
    private let ending: String
    private let queue = DispatchQueue(label: "campaignd.spool", attributes: .concurrent)
    private let underWay = DispatchGroup()

    /// Makes the transport and its folders under `outbox`.
    ///
    /// - Parameter maxConnections: how many files are written at once; the file system joins their
    ///   fsyncs.
    package init(channel: Channel, outbox: String, maxConnections: Int) throws {
        self.maxConnections = maxConnections
        let root = "\(outbox)/\(channel.rawValue)"
        switch channel {
        case .email:
            // A Maildir has `cur` too, into which readers move what they have seen.
            _ = try SpoolFolder(path: "\(root)/cur", staging: "\(root)/tmp")
            folder = try SpoolFolder(path: "\(root)/new", staging: "\(root)/tmp")
            ending = ".eml"
        case .sms, .voice:
            folder = try SpoolFolder(path: root, staging: "\(root)/.tmp")
            ending = ".json"
        }
    }

    package func send(
        _ message: OutgoingMessage,
        completion: @escaping @Sendable (Result<Delivery, TransportError>) -> Void
    ) {
        queue.async(group: underWay) { [self] in
            completion(Result { () throws(TransportError) in try write(message) })
        }
    }

    package func shutDown(timeout: Duration, completion: @escaping @Sendable () -> Void) {
        // A write takes milliseconds; there is nothing to give back.
        underWay.notify(queue: queue, execute: completion)
    }

    private func write(_ message: OutgoingMessage) throws(TransportError) -> Delivery {
        let bytes: [UInt8]
        switch message.channel {
        case .email:
            bytes = try EmailMessage.encoded(message)
        case .sms, .voice:
            bytes = SpooledText(message).encoded
        }
        let name = "\(message.id)\(ending)"
        do {
            try folder.write(bytes, name: name)
            return Delivery(reply: "\(folder.path)/\(name)")
        } catch {
            throw .unavailable(reason: error.description, retryAfter: nil)
        }
    }
}

/// An SMS or a call as its file holds it.
private struct SpooledText: Encodable {
    var id: Int64
    var campaignId: String
    var channel: String
    var from: String
    var to: String
    var text: String
    var date: String

    init(_ message: OutgoingMessage) {
        id = message.id
        campaignId = message.campaignID
        channel = message.channel.rawValue
        from = message.sender
        to = message.recipient
        text = message.content.text
        date = message.date.description
    }

    var encoded: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("strings and a number are always JSON")
        }
        return Array(data) + [UInt8(ascii: "\n")]
    }
}
