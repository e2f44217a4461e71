import JobQueue

extension CampaignService {
    /// Keeps what a provider reports about a message.
    package func receive(_ report: ProviderReport, about message: Int64) throws(ServiceError) {
        guard report.receipt != nil || report.suppression != nil else { return }
        try stored { () throws(StoreError) in
            try store.receive(
                report.receipt,
                suppressing: report.suppression,
                of: message,
                now: clock.now,
                wall: clock.wall
            )
        }
    }
}
