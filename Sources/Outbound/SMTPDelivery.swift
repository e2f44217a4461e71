/// A message on its way through a client, with the one who waits for its outcome.
struct SMTPDelivery {
    let envelope: SMTPEnvelope
    let completion: @Sendable (SMTPOutcome) -> Void
    /// Whether a reused connection died under it before any content left, which is forgiven once.
    var isSecondTry = false
}
