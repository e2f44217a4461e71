import Synchronization

/// What a store tells after a commit.
package enum StoreEvent: Sendable, Equatable {
    /// Jobs became ready, or got a date or delay: the pool should look.
    case jobsReady
    /// A running job was asked to stop.
    case cancelRequested(jobID: Int64)
    /// A kind was paused or resumed.
    case lanesChanged
    /// A job went to a state; sent only while somebody listens for details.
    case job(id: Int64, campaignID: String?, state: JobState)
    /// A campaign went to a status; `name` is the status as shown.
    case campaign(id: String, status: String)
    /// A campaign has messages to send on a transport, or has them no longer.
    case dispatchChanged
}

/// Hands events from the store to whoever subscribed, on the writer's queue.
///
/// Subscribe first, then read state: an event published in between is then never missed.
package final class EventHub: Sendable {
    private struct Subscribers {
        var next = 0
        var handlers: [Int: @Sendable (StoreEvent) -> Void] = [:]
        var detailCount = 0
    }

    private let subscribers = Mutex(Subscribers())
    private let detailCount = Atomic<Int>(0)

    /// Makes a hub without subscribers.
    package init() {}

    /// Whether anybody asked for `.job` events; lets a store skip publishing them.
    ///
    /// To be asked behind the commit they tell of: before it, a subscriber who then reads the old
    /// state could come too late for the event.
    package var wantsDetails: Bool { detailCount.load(ordering: .sequentiallyConsistent) > 0 }

    /// Calls `handler` for each event until the subscription is cancelled.
    ///
    /// - Parameters:
    ///   - details: whether `.job` events are wanted too.
    ///   - handler: must not block.
    package func subscribe(
        details: Bool = false,
        _ handler: @escaping @Sendable (StoreEvent) -> Void
    ) -> EventSubscription {
        if details { detailCount.add(1, ordering: .sequentiallyConsistent) }
        let id = subscribers.withLock { subscribers in
            subscribers.next += 1
            subscribers.handlers[subscribers.next] = handler
            return subscribers.next
        }
        return EventSubscription { [self] in
            let wasThere = subscribers.withLock { $0.handlers.removeValue(forKey: id) != nil }
            if wasThere, details { detailCount.subtract(1, ordering: .relaxed) }
        }
    }

    /// Tells every subscriber, in no particular order among them.
    package func publish(_ event: StoreEvent) {
        let handlers = subscribers.withLock { Array($0.handlers.values) }
        for handler in handlers { handler(event) }
    }
}

/// Ends a subscription when cancelled or released.
package final class EventSubscription: Sendable {
    private let onCancel: @Sendable () -> Void

    init(onCancel: @escaping @Sendable () -> Void) {
        self.onCancel = onCancel
    }

    deinit { onCancel() }

    /// Ends the subscription; further calls do nothing.
    package func cancel() { onCancel() }
}
