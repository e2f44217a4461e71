import JobQueue

extension CampaignService {
    /// Takes what a recipient wrote back; returns what it says about being written to.
    ///
    /// A stop word suppresses the number for text messages and for calls: whoever takes consent back
    /// takes it back for both (47 CFR 64.1200(a)(10)). A start word lifts what the recipient's own
    /// word had suppressed, and nothing else. On return it is durable.
    @discardableResult
    package func receive(_ text: String, from sender: String) throws(ServiceError)
        -> ConsentVerdict?
    {
        guard let verdict = words.verdict(on: text) else { return nil }
        let recipients: [RecipientKey]
        do {
            recipients = try RecipientKey.all(sender, on: nil, region: region)
        } catch {
            throw .malformed([FieldFault("from", error.message)])
        }
        switch verdict {
        case .stop:
            let suppressions = recipients.map {
                Suppression(recipient: $0, reason: .stop, note: text.excerpt, at: clock.wall)
            }
            _ = try stored { () throws(StoreError) in try store.suppress(suppressions) }
        case .start:
            let optOuts = Set(SuppressionReason.allCases.filter(\.isOptOut))
            _ = try stored { () throws(StoreError) in
                try store.liftSuppressions(of: recipients, for: optOuts)
            }
        }
        return verdict
    }
}
