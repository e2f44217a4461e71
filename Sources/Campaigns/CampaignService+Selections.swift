package import JobQueue

/// Which jobs or messages an action is for.
package enum Selection<Filter: Sendable>: Sendable {
    case ids([Int64])
    case matching(Filter)
}

/// What came of an action on many jobs or messages.
package struct ActionSummary: Sendable, Equatable {
    /// One that was left as it is.
    package struct Refusal: Sendable, Equatable {
        package var id: Int64
        /// Nil if there is no such thing.
        package var state: String?
        package var reason: String
    }

    /// The most refusals that are listed; all are counted.
    package static let maximumRefusals = 1_000

    package private(set) var matched: Int64 = 0
    package private(set) var changed: Int64 = 0
    package private(set) var refused: [Refusal] = []

    fileprivate mutating func add(matches count: Int) { matched += Int64(count) }

    fileprivate mutating func add(id: Int64, state: String?, refusal: String?) {
        matched += 1
        if let refusal {
            guard refused.count < Self.maximumRefusals else { return }
            refused.append(Refusal(id: id, state: state, reason: refusal))
        } else {
            changed += 1
        }
    }
}

extension CampaignService {
    /// Does `action` to the jobs selected, in chunks between which others commit.
    ///
    /// A dry run only counts what is selected.
    package func operate(
        _ action: JobAction,
        on selection: Selection<JobFilter>,
        dryRun: Bool,
        as caller: Caller
    ) throws(ServiceError) -> ActionSummary {
        var summary = ActionSummary()
        try forEachChunk(of: selection) { (filter, last) throws(ServiceError) in
            try jobs(matching: filter, before: last, limit: Self.chunk, as: caller).map(\.id)
        } body: { ids throws(ServiceError) in
            guard !dryRun else { return summary.add(matches: ids.count) }
            for result in try operate(action, onJobs: ids, as: caller) {
                summary.add(
                    id: result.jobID,
                    state: result.state?.rawValue,
                    refusal: result.refusal
                )
            }
        }
        return summary
    }

    /// Does `action` to the messages selected, in chunks between which others commit.
    ///
    /// A dry run only counts what is selected.
    package func operate(
        _ action: MessageAction,
        on selection: Selection<MessageFilter>,
        dryRun: Bool,
        as caller: Caller
    ) throws(ServiceError) -> ActionSummary {
        var summary = ActionSummary()
        try forEachChunk(of: selection) { (filter, last) throws(ServiceError) in
            try messages(matching: filter, after: last ?? 0, limit: Self.chunk, as: caller)
                .map(\.id)
        } body: { ids throws(ServiceError) in
            guard !dryRun else { return summary.add(matches: ids.count) }
            for result in try operate(action, onMessages: ids, as: caller) {
                summary.add(
                    id: result.messageID,
                    state: result.state?.rawValue,
                    refusal: result.refusal
                )
            }
        }
        return summary
    }

    /// Goes through what is selected by the place of the last one, so that one whose state changes
    /// back and forth meanwhile is met once.
    private func forEachChunk<Filter>(
        of selection: Selection<Filter>,
        find: (Filter, _ last: Int64?) throws(ServiceError) -> [Int64],
        body: ([Int64]) throws(ServiceError) -> Void
    ) throws(ServiceError) {
        switch selection {
        case .ids(let ids): try body(ids)
        case .matching(let filter):
            var last: Int64?
            while true {
                let ids = try find(filter, last)
                if !ids.isEmpty { try body(ids) }
                guard ids.count == Self.chunk else { return }
                last = ids.last
            }
        }
    }
}
