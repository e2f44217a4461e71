/// Which jobs an action is for: by `ids`, or by the other conditions, all of which must hold.
package struct JobSelectionBody: Codable, Sendable, Equatable {
    package var ids: [Int64]?
    package var states: [String]?
    package var kind: String?
    package var campaignId: String?
    /// Part of the last error's text.
    package var error: String?
    /// Created at or after, RFC 3339.
    package var since: String?
    /// Whether only to say what matches.
    package var dryRun: Bool?

    /// Makes an empty selection, which is refused; set its conditions.
    package init() {}
}

/// Which messages an action is for: by `ids`, or by campaign and state.
package struct MessageSelectionBody: Codable, Sendable, Equatable {
    package var ids: [Int64]?
    package var campaignId: String?
    package var state: String?
    package var channel: String?
    /// For resolve: `sent` or `resend`.
    package var `as`: String?
    /// Whether only to say what matches.
    package var dryRun: Bool?

    /// Makes an empty selection, which is refused; set its conditions.
    package init() {}
}

/// How to resolve one job that is in doubt.
package struct ResolutionBody: Codable, Sendable, Equatable {
    /// `sent`: the effect happened; `resend`: make it again.
    package var `as`: String

    /// Makes a resolution.
    package init(as resolution: String) {
        self.as = resolution
    }
}

/// What came of an action on several jobs or messages.
package struct ActionBody: Codable, Sendable, Equatable {
    /// One that was left as it is.
    package struct Refusal: Codable, Sendable, Equatable {
        package var id: Int64
        /// Absent if there is no such thing.
        package var state: String?
        package var reason: String

        /// Makes a refusal.
        package init(id: Int64, state: String?, reason: String) {
            self.id = id
            self.state = state
            self.reason = reason
        }
    }

    /// Those named, or found by the conditions.
    package var matched: Int64
    package var changed: Int64
    /// The first 1,000 of those that were refused; how many in all is `matched` less `changed`.
    package var refused: [Refusal]
    /// If true nothing was done, and `changed` is 0.
    package var dryRun: Bool

    /// Makes a result.
    package init(matched: Int64, changed: Int64, refused: [Refusal], dryRun: Bool) {
        self.matched = matched
        self.changed = changed
        self.refused = refused
        self.dryRun = dryRun
    }
}
