extension HTTPReply {
    /// How long the server wants to be left alone (RFC 9110 section 10.2.3), a day at most; nil where
    /// it does not say.
    ///
    /// A date is counted from the reply's own `Date`: clocks that differ do no harm then. A date
    /// without one, or what is neither date nor seconds, stands for a minute.
    package var retryAfter: Duration? {
        guard let text = self[header: "retry-after"] else { return nil }
        let seconds = Int64(text.filter { $0 != " " }) ?? secondsUntil(text) ?? 60
        return .seconds(min(max(seconds, 0), Self.longestRetrySeconds))
    }

    private func secondsUntil(_ text: String) -> Int64? {
        guard let date = MailDate.seconds(text),
            let now = self[header: "date"].flatMap(MailDate.seconds)
        else { return nil }
        return date - now
    }

    private static let longestRetrySeconds: Int64 = 86_400
}
