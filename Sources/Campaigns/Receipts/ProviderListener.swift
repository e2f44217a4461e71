/// Hears what a provider says by calling us; each transport with receipts has one.
package protocol ProviderListener: Sendable {
    /// Whether the call comes from the provider; nothing is done for any other.
    func isGenuine(_ call: ProviderCall) -> Bool

    /// What a genuine call reports, and how it is answered.
    func hear(_ call: ProviderCall) -> ProviderReport
}

/// A provider's call about one message.
package struct ProviderCall: Sendable {
    package typealias Fields = [(name: String, value: String)]

    package var message: Int64
    /// What the path ends in beside the message, where the provider signs nothing.
    package var secret: String?
    /// Path and query as they stand in the request line.
    package var target: String
    package var query: Fields
    package var form: Fields
    /// Names in lower case.
    package var headers: Fields

    /// Makes a call.
    package init(
        message: Int64,
        secret: String?,
        target: String,
        query: Fields,
        form: Fields,
        headers: Fields
    ) {
        self.message = message
        self.secret = secret
        self.target = target
        self.query = query
        self.form = form
        self.headers = headers
    }

    /// The first header of this lower-case name.
    package func header(_ name: String) -> String? { Self.first(name, in: headers) }

    /// The first parameter of the query of this name.
    package func query(_ name: String) -> String? { Self.first(name, in: query) }

    /// The first field of the form of this name.
    package func field(_ name: String) -> String? { Self.first(name, in: form) }

    private static func first(_ name: String, in fields: Fields) -> String? {
        fields.first { $0.name == name }?.value
    }
}

/// What a provider's call comes to.
package struct ProviderReport: Sendable, Equatable {
    /// Nil where it says nothing new.
    package var receipt: Receipt?
    /// Why nothing is to be sent to the message's recipient again; nil where it may.
    package var suppression: SuppressionReason?
    /// The body of the answer.
    package var answer = ""
    package var mediaType = "text/plain"

    /// A report of nothing.
    package init() {}
}

/// Where a provider reaches the public listener.
package enum ReceiptPath {
    /// The path for reports about a message.
    package static func of(_ message: OutgoingMessage) -> String {
        "/receipts/\(message.channel.rawValue)/\(message.id)"
    }
}
