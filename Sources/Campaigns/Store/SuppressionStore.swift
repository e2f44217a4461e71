package import JobQueue

/// Where suppressions are kept; a build and every claim look there.
package protocol SuppressionStore: Sendable {
    /// Stores suppressions, at most 1,000; on return no message to them is claimed any more.
    ///
    /// One that is there already keeps its reason and time. Returns how many are new.
    func suppress(_ suppressions: [Suppression]) throws(StoreError) -> Int

    /// Lifts suppressions; where `reasons` is given, only those suppressed for one of them.
    ///
    /// Returns how many were lifted.
    func liftSuppressions(
        of recipients: [RecipientKey],
        for reasons: Set<SuppressionReason>?
    ) throws(StoreError) -> Int

    /// The recipient's suppression, or nil.
    func suppression(of recipient: RecipientKey) throws(StoreError) -> Suppression?

    /// Suppressions behind a place, in the order of channel and address.
    func suppressions(
        on channel: Channel?,
        after place: RecipientKey?,
        limit: Int
    ) throws(StoreError) -> [Suppression]
}
