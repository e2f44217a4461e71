import APITypes

/// A transport that was asked whether the other side is there.
package struct TransportCheck: Sendable {
    package var channel: String
    package var kind: String
    /// Why it is not there; nil if it is, or where that cannot be seen without a message.
    package var failure: String?

    /// Makes the outcome of a check.
    package init(channel: String, kind: String, failure: String?) {
        self.channel = channel
        self.kind = kind
        self.failure = failure
    }

    var finding: FindingBody {
        guard let failure else { return .ok("transport", "\(channel): \(kind) is there") }
        return .fault(
            "transport",
            "\(channel): \(kind) is not there: \(failure)",
            "mend the transport's configuration or the other side; nothing is lost meanwhile"
        )
    }
}
