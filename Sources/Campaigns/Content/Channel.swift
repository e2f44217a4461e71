/// How a message reaches its recipient.
package enum Channel: String, CaseIterable, Codable, Sendable {
    /// To an email address.
    case email
    /// To a phone, as text.
    case sms
    /// To a phone, as a spoken call.
    case voice
}
