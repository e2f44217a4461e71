import JobQueue
import Metrics

/// Counters of one channel's flights, made once: by how they ended, and how long the transport took.
struct MessageMetrics: Sendable {
    /// How a flight ended, as the `outcome` dimension shows it.
    enum Outcome: String, CaseIterable {
        case sent, deferred, postponed, failed
        case inDoubt = "in_doubt"
        case givenBack = "given_back"
        case senderRefused = "sender_refused"
    }

    private let counters: [Outcome: Counter]
    private let duration: Timer

    init(channel: Channel) {
        let pairs = Outcome.allCases.map { outcome in
            let dimensions = [("channel", channel.rawValue), ("outcome", outcome.rawValue)]
            return (outcome, Counter(label: "message_flights_total", dimensions: dimensions))
        }
        counters = Dictionary(uniqueKeysWithValues: pairs)
        duration = Timer(
            label: "message_send_seconds",
            dimensions: [("channel", channel.rawValue)]
        )
    }

    /// Counts the end of a flight.
    func count(_ ending: MessageEnding) {
        counters[Outcome(ending)]?.increment()
    }

    /// Records how long the transport had a message.
    func transportTook(_ span: Duration) {
        duration.recordMilliseconds(span.wholeMilliseconds)
    }
}

extension MessageMetrics.Outcome {
    fileprivate init(_ ending: MessageEnding) {
        self =
            switch ending {
            case .sent: .sent
            case .deferred: .deferred
            case .postponed: .postponed
            case .failed: .failed
            case .inDoubt: .inDoubt
            case .givenBack: .givenBack
            case .senderRefused: .senderRefused
            }
    }
}
