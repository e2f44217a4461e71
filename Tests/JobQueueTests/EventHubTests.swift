import JobQueue
import TestSupport
import Testing

@Suite("Event hub", .timeLimit(.minutes(10)))
struct EventHubTests {
    @Test("every subscriber hears every event until it cancels")
    func subscribers() {
        let hub = EventHub()
        let (first, second) = (Recorder<StoreEvent>(), Recorder<StoreEvent>())
        let subscription = hub.subscribe { first.append($0) }
        let other = hub.subscribe { second.append($0) }
        hub.publish(.jobsReady)
        subscription.cancel()
        hub.publish(.lanesChanged)
        #expect(first.elements == [.jobsReady])
        #expect(second.elements == [.jobsReady, .lanesChanged])
        other.cancel()
    }

    @Test("details are wanted while somebody subscribes to them")
    func details() {
        let hub = EventHub()
        let plain = hub.subscribe { _ in }
        #expect(!hub.wantsDetails)
        var detailed: EventSubscription? = hub.subscribe(details: true) { _ in }
        #expect(hub.wantsDetails)
        detailed?.cancel()
        #expect(!hub.wantsDetails)
        // Its release cancels once more, which counts for nothing.
        detailed = nil
        #expect(!hub.wantsDetails)
        plain.cancel()
    }
}
