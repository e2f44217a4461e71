package import Campaigns

/// What a process found that took over after a death: for its log, and for whoever asks what
/// happened.
package struct RecoveryReport: Sendable, Equatable, CustomStringConvertible {
    /// Jobs that ran.
    package internal(set) var jobs = 0
    /// Messages that were in flight, by the state they are in now.
    package internal(set) var messages: [MessageState: Int] = [:]

    package var description: String {
        let again = messages[.ready, default: 0] + messages[.deferred, default: 0]
        let unknown = messages[.unknown, default: 0]
        var text =
            "the daemon had died; of its work, jobs under way: \(jobs), which go on; messages in "
            + "flight: \(messages.values.reduce(0, +)), of which \(again) are sent again"
        if unknown > 0 {
            text +=
                " and \(unknown) are unknown: settle those that stay so with campaignctl messages "
                + "resolve"
        }
        return text
    }
}
