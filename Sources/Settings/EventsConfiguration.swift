/// The webhook that is told what happens to jobs and campaigns.
package struct EventsConfiguration: Sendable {
    /// Where it listens; nil where there is none.
    package var url: String?
    var secretFile: String?
    /// What signs the requests: `whsec_` and Base64, as the Standard Webhooks specification has it.
    package internal(set) var secret: Secret?
}
