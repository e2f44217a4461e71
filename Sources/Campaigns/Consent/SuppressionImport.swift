import JobQueue

/// Stores the suppressions of one file, in chunks as they come.
///
/// A chunk counts as soon as it is stored, so that a file which breaks off has suppressed what it
/// named so far: the safe side. Importing it again changes nothing.
package struct SuppressionImport {
    package private(set) var added: Int64 = 0
    package private(set) var present: Int64 = 0
    package private(set) var rejected = RejectedRows()
    private let service: CampaignService
    private let checker: SuppressionChecker
    private var chunk: [Suppression] = []

    fileprivate init(service: CampaignService, checker: SuppressionChecker) {
        self.service = service
        self.checker = checker
    }

    /// Takes a row's fields, or why there are none.
    package mutating func add(
        _ row: Result<[String: String], RejectedRow>,
        line: Int
    ) throws(ServiceError) {
        do {
            chunk += try checker.suppressions(of: row.get())
        } catch let fault as FieldFault {
            rejected.add(RejectedRow(line: line, reason: fault.message))
        } catch let row as RejectedRow {
            rejected.add(row)
        } catch {
            preconditionFailure("a row has no other fault: \(error)")
        }
        // A row makes two suppressions at most, and a transaction takes a chunk at most.
        if chunk.count >= CampaignService.chunk - 1 { try store() }
    }

    fileprivate mutating func store() throws(ServiceError) {
        guard !chunk.isEmpty else { return }
        let new = try service.stored { [chunk] () throws(StoreError) in
            try service.store.suppress(chunk)
        }
        added += Int64(new)
        present += Int64(chunk.count - new)
        chunk.removeAll(keepingCapacity: true)
    }
}

extension CampaignService {
    /// Suppresses an address on a channel, or on every one that it can be of.
    ///
    /// Returns how many of the suppressions are new, and how many were there already.
    package func suppress(
        _ address: String,
        on channel: Channel?,
        reason: SuppressionReason,
        note: String?
    ) throws(ServiceError) -> (added: Int, present: Int) {
        let suppressions = try recipients(address, on: channel).map {
            Suppression(recipient: $0, reason: reason, note: note, at: clock.wall)
        }
        let added = try stored { () throws(StoreError) in try store.suppress(suppressions) }
        return (added, suppressions.count - added)
    }

    /// Suppresses a recipient by their own word; on return no message to them is claimed any more.
    package func optOut(
        _ recipient: RecipientKey,
        reason: SuppressionReason,
        note: String?
    ) throws(ServiceError) {
        let suppression = Suppression(
            recipient: recipient,
            reason: reason,
            note: note,
            at: clock.wall
        )
        _ = try stored { () throws(StoreError) in try store.suppress([suppression]) }
    }

    /// Lifts the suppressions of an address, whatever their reason; returns how many there were.
    package func liftSuppressions(of address: String, on channel: Channel?) throws(ServiceError)
        -> Int
    {
        let recipients = try recipients(address, on: channel)
        return try stored { () throws(StoreError) in
            try store.liftSuppressions(of: recipients, for: nil)
        }
    }

    /// The suppressions of one address.
    package func suppressions(of address: String, on channel: Channel?) throws(ServiceError)
        -> [Suppression]
    {
        let recipients = try recipients(address, on: channel)
        return try stored { () throws(StoreError) in
            var found: [Suppression] = []
            for recipient in recipients {
                if let suppression = try store.suppression(of: recipient) {
                    found.append(suppression)
                }
            }
            return found
        }
    }

    /// Stores the suppressions that `read` adds.
    package func importSuppressions(
        channel: Channel?,
        read: (inout SuppressionImport) throws -> Void
    ) throws -> SuppressionImport {
        let checker = SuppressionChecker(channel: channel, region: region, now: clock.wall)
        var rows = SuppressionImport(service: self, checker: checker)
        try read(&rows)
        try rows.store()
        return rows
    }

    private func recipients(_ address: String, on channel: Channel?) throws(ServiceError)
        -> [RecipientKey]
    {
        do {
            return try RecipientKey.all(address, on: channel, region: region)
        } catch {
            throw .malformed([error])
        }
    }

    /// The region of phone numbers without country code.
    package var region: PhoneNumber.Region {
        PhoneNumber.Region(rawValue: settings.region) ?? .unspecified
    }
}
