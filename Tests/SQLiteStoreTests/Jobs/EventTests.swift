import JobQueue
import Synchronization
import TestSupport
import Testing

@testable import SQLiteStore

@Suite("SQLite store: events", .timeLimit(.minutes(10)))
struct EventTests {
    @Test("who subscribes between a job's move and its commit is told of it")
    func lateSubscriber() throws {
        try SQLiteSite().with { store in
            let told = Recorder<StoreEvent>()
            let subscription = Mutex<EventSubscription?>(nil)
            try store.writeJobs("move", now: Timestamp(milliseconds: 0)) { ledger in
                ledger.tell(7, "c1", .completed)
                // From here on the subscriber reads the state of before, until the commit.
                let late = store.events.subscribe(details: true) { told.append($0) }
                subscription.withLock { $0 = late }
            }
            #expect(
                try told.wait(forCount: 1) == [.job(id: 7, campaignID: "c1", state: .completed)]
            )
        }
    }
}
