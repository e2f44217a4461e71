import JobQueue

/// The contacts of several lists as one sequence in the order of their address on one channel.
///
/// Equal addresses lie together, so duplicates are told by looking at the one before, without an
/// index over all messages. Holds one page of each list.
struct ContactMerge {
    /// The last contact taken from each list of the plan; lists that take no part stay at the start.
    private(set) var positions: [ContactPosition]
    private let channel: Channel
    private let store: any CampaignStore
    private var sources: [Source]

    private struct Source {
        var list: BuildList
        var index: Int
        var page: ArraySlice<BuildContact> = []
        var isExhausted = false
    }

    init(
        _ lists: [BuildList],
        channel: Channel,
        from positions: [ContactPosition],
        store: any CampaignStore
    ) {
        self.positions = positions
        self.channel = channel
        self.store = store
        sources = lists.enumerated().filter { $0.element.takesPart(in: channel) }
            .map { Source(list: $0.element, index: $0.offset) }
    }

    /// The next contact; nil at the end.
    mutating func next() throws -> BuildContact? {
        var first: (source: Int, position: ContactPosition)?
        for index in sources.indices {
            try fill(&sources[index])
            guard let contact = sources[index].page.first else { continue }
            if let known = first, known.position.key.isNotAfter(contact.position.key) { continue }
            first = (index, contact.position)
        }
        guard let first else { return nil }
        positions[sources[first.source].index] = first.position
        return sources[first.source].page.removeFirst()
    }

    private func fill(_ source: inout Source) throws {
        guard source.page.isEmpty, !source.isExhausted else { return }
        let page = try store.contacts(
            of: source.list,
            channel: channel,
            after: positions[source.index],
            limit: Self.pageSize
        )
        source.isExhausted = page.count < Self.pageSize
        source.page = page[...]
    }

    private static let pageSize = 500
}

extension String {
    /// Whether it sorts before the other, or equal, by bytes.
    fileprivate func isNotAfter(_ other: String) -> Bool {
        self == other || utf8.lexicographicallyPrecedes(other.utf8)
    }
}
