/// What kind of failure ended an attempt; it decides whether and when there is another.
package enum ErrorClass: String, CaseIterable, Sendable {
    /// Trying again cannot help.
    case permanent
    /// May well succeed later.
    case transient
    /// The other side asked to slow down.
    case throttled
    /// The other side is not there at all.
    case providerDown = "provider-down"
    /// The daemon died too often while it ran.
    case crashLoop = "crash-loop"
}

/// Why an attempt failed: its class and one sentence with the cause and what to do.
package struct JobFailure: Error, Sendable, Equatable {
    package var errorClass: ErrorClass
    /// At most ``maximumMessageBytes`` are stored.
    package var message: String
    /// The earliest next attempt the other side allows, as a delay; jitter never shortens it.
    package var retryAfter: Duration?

    package static let maximumMessageBytes = 2_000

    /// Makes a failure.
    package init(_ errorClass: ErrorClass, _ message: String, retryAfter: Duration? = nil) {
        self.errorClass = errorClass
        self.message = message
        self.retryAfter = retryAfter
    }
}

extension String {
    /// The longest beginning that takes at most `bytes` bytes of UTF-8 and cuts no code point in two.
    package func prefix(utf8Bytes bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var end = utf8.index(startIndex, offsetBy: bytes)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
