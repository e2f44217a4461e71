package import Campaigns
import Dispatch
import FoundationEssentials
import Glibc
import JobQueue
import Synchronization

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
    private let queue = DispatchQueue(label: "campaignd.spool")
    private let waiting = Mutex<[Letter]>([])

    /// A message that waits to be written, and who is told.
    private struct Letter {
        var message: OutgoingMessage
        var completion: @Sendable (Result<Delivery, TransportError>) -> Void
    }

    /// Makes the transport and its folders under `outbox`.
    ///
    /// - Parameter maxConnections: how many files are made durable together.
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
        let isFirst = waiting.withLock { waiting in
            waiting.append(Letter(message: message, completion: completion))
            return waiting.count == 1
        }
        // Later ones join the batch that the first one began.
        if isFirst { queue.async { [self] in writeWaiting() } }
    }

    package func check(completion: @escaping @Sendable (ConnectionFault?) -> Void) {
        guard access(folder.path, W_OK | X_OK) != 0 else { return completion(nil) }
        completion(
            ConnectionFault(
                "\(folder.path): \(String(cString: strerror(errno)))",
                whatToDo: "let the daemon's user write there: chown, chmod u+rwx; under systemd, "
                    + "ReadWritePaths="
            )
        )
    }

    package func shutDown(timeout: Duration, completion: @escaping @Sendable () -> Void) {
        // A write takes milliseconds; there is nothing to give back.
        queue.async(execute: completion)
    }

    private func writeWaiting() {
        let batch = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        var letters: [Letter] = []
        var files: [SpoolFile] = []
        for letter in batch {
            do {
                files.append(
                    SpoolFile(
                        name: "\(letter.message.id)\(ending)",
                        bytes: try letter.message.spooled
                    )
                )
                letters.append(letter)
            } catch {
                letter.completion(.failure(error))
            }
        }
        let results = folder.write(files)
        for (index, letter) in letters.enumerated() {
            letter.completion(
                results[index].map { Delivery(reply: "\(folder.path)/\(files[index].name)") }
                    .mapError { .unavailable(reason: $0.description, retryAfter: nil) }
            )
        }
    }
}

extension OutgoingMessage {
    /// What the message's file holds.
    fileprivate var spooled: [UInt8] {
        get throws(TransportError) {
            switch channel {
            case .email: try EmailMessage.encoded(self)
            case .sms, .voice: SpooledText(self).encoded
            }
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
