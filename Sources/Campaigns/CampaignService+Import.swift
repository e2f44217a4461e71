import JobQueue

/// What came of an import that was stored.
package struct ImportSummary: Sendable {
    package var list: ContactList
    package var rejected: RejectedRows
}

/// Rows that were not taken: all counted, the first of them kept.
package struct RejectedRows: Error, Sendable, Equatable {
    /// The most rows that are kept.
    package static let maximumKept = 1_000

    package private(set) var count: Int64 = 0
    package private(set) var first: [RejectedRow] = []

    mutating func add(_ row: RejectedRow) {
        count += 1
        if first.count < Self.maximumKept { first.append(row) }
    }
}

/// Takes the rows of one import, and stages the good ones in chunks.
///
/// Nothing is seen by anybody before ``finish(strict:)`` returns.
package struct ContactImport {
    /// The list's channel, nil when untyped.
    package var channel: Channel? { listImport.channel }

    private let listImport: ListImport
    private let service: CampaignService
    private var chunk: [NewContact] = []
    private var chunkBytes = 0
    private var taken: Int64 = 0
    private var rejected = RejectedRows()

    fileprivate init(_ listImport: ListImport, service: CampaignService) {
        self.listImport = listImport
        self.service = service
    }

    /// Takes a row, good or rejected.
    package mutating func add(_ row: Result<NewContact, RejectedRow>) throws(ServiceError) {
        switch row {
        case .failure(let row): rejected.add(row)
        case .success(let contact):
            chunk.append(contact)
            chunkBytes += contact.variables.reduce(0) { $0 + $1.value.utf8.count }
            taken += 1
            if chunk.count == CampaignService.chunk || chunkBytes >= Self.maximumChunkBytes {
                try stage()
            }
        }
    }

    fileprivate mutating func finish(
        strict: Bool,
        keeping: AnswerKeeping<ImportSummary>?
    ) throws -> ImportSummary {
        if taken == 0 || (strict && rejected.count > 0) { throw rejected }
        try stage()
        let keepingList = keeping.map { keeping in
            AnswerKeeping<ContactList>(key: keeping.key, owner: keeping.owner) { [rejected] list in
                try keeping.answer(ImportSummary(list: list, rejected: rejected))
            }
        }
        let list = try service.stored { () throws(StoreError) in
            try service.store.finishImport(
                listImport,
                now: service.clock.now,
                keeping: keepingList
            )
        }
        return ImportSummary(list: list, rejected: rejected)
    }

    private mutating func stage() throws(ServiceError) {
        guard !chunk.isEmpty else { return }
        try service.stored { [chunk] () throws(StoreError) in
            try service.store.stage(chunk, in: listImport)
        }
        chunk.removeAll(keepingCapacity: true)
        chunkBytes = 0
    }

    /// Keeps rows of large cells from filling memory before a chunk is full.
    private static let maximumChunkBytes = 1_000_000
}

extension CampaignService {
    /// Imports the rows that `read` adds; where it throws, nothing is stored.
    ///
    /// Throws ``RejectedRows`` where no row was good, or where `strict` and one was not. `keeping` is
    /// asked for when all is read.
    package func importContacts(
        _ order: ImportOrder,
        strict: Bool,
        keeping: () throws -> AnswerKeeping<ImportSummary>? = { nil },
        read: (inout ContactImport) throws -> Void
    ) throws -> ImportSummary {
        let listImport = try beginImport(order)
        do {
            var contacts = ContactImport(listImport, service: self)
            try read(&contacts)
            return try contacts.finish(strict: strict, keeping: try keeping())
        } catch {
            // What cannot be removed now goes when the store is opened next.
            try? store.abandonImport(listImport)
            throw error
        }
    }
}

extension NewContact {
    /// The contact that a row of a file describes.
    package init(_ row: ContactRow) {
        self.init(
            email: row.email?.text ?? "",
            emailKey: row.email?.normalised ?? "",
            phone: row.phone?.e164 ?? "",
            timezone: row.timezone,
            variables: row.variables
        )
    }
}
