package import JobQueue
import Synchronization

/// The rate that all channels keep together, and whose turn it is where they wait for it.
///
/// The bucket lies in the store: every claim takes from it in its own transaction, so no two
/// channels take the same token and none is forgotten by a death. Here is how the last claim left
/// it, and who waits. Channels that wait take turns, one token for each before a second for any, so
/// that a campaign of a million emails holds up no text message.
package final class GlobalPace: Sendable {
    private struct State {
        var limit: RateLimit?
        /// As the last claim left it; nil before the first one, which is told.
        var throttle: Throttle?
        /// Tokens asked for by claims that are under way.
        var asked: [Channel: Int] = [:]
        /// Channels that found no token, in the order of their coming.
        var waiting: [Channel] = []
        /// How to have a channel ask again.
        var wakers: [Channel: @Sendable () -> Void] = [:]

        func bucket(at now: Timestamp) -> Throttle? {
            limit.map { throttle ?? Throttle(limit: $0, now: now) }
        }

        func wakers(except channel: Channel) -> [@Sendable () -> Void] {
            waiting.filter { $0 != channel }.compactMap { wakers[$0] }
        }
    }

    private let state: Mutex<State>

    /// Makes a pace; nil does not limit.
    package init(_ limit: RateLimit? = nil) {
        state = Mutex(State(limit: limit))
    }

    /// What is configured; nil: any number.
    package var limit: RateLimit? { state.withLock { $0.limit } }

    /// How it stands; nil where it lets everything through.
    package func status(at now: Timestamp) -> ThrottleStatus? {
        state.withLock { $0.bucket(at: now) }.flatMap { ThrottleStatus(.global, $0, at: now) }
    }

    /// When the next token is due; not after `now` if there is one.
    func next(at now: Timestamp) -> Timestamp {
        state.withLock { $0.bucket(at: now) }?.next(at: now) ?? now
    }

    // MARK: Dispatchers

    /// Has a channel asked again, off its own queue, whenever it may be its turn.
    func join(_ channel: Channel, wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wakers[channel] = wake }
    }

    /// How many messages a channel may claim now; it has to ``settle(_:left:)`` what it is given.
    ///
    /// Nothing: it is in the queue, and is woken when tokens become free before they are due.
    func ask(_ wanted: Int, for channel: Channel, at now: Timestamp) -> Int {
        state.withLock { state in
            guard wanted > 0, let bucket = state.bucket(at: now) else { return wanted }
            let free = bucket.available(at: now) - state.asked.values.reduce(0, +)
            let ahead = state.waiting.firstIndex(of: channel) ?? state.waiting.count
            guard free > ahead else {
                if ahead == state.waiting.count { state.waiting.append(channel) }
                return 0
            }
            state.waiting.removeAll { $0 == channel }
            let granted = min(wanted, max(1, free / (state.waiting.count + 1)))
            state.asked[channel] = granted
            return granted
        }
    }

    /// Notes that a channel's claim is over, and how it left the bucket; nil: untouched.
    func settle(_ channel: Channel, left throttle: Throttle?) {
        let wakers = state.withLock { state in
            state.asked[channel] = nil
            if var throttle {
                throttle.limit = state.limit
                state.throttle = throttle
            }
            return state.wakers(except: channel)
        }
        for wake in wakers { wake() }
    }

    /// Takes a channel that wants nothing any more out of the queue.
    func withdraw(_ channel: Channel) {
        let wakers = state.withLock { state in
            guard state.waiting.contains(channel) else { return [@Sendable () -> Void]() }
            state.waiting.removeAll { $0 == channel }
            return state.wakers(except: channel)
        }
        for wake in wakers { wake() }
    }

    // MARK: Configuration

    /// Has another rate hold from the next claim on; what is owed stays owed.
    package func change(to limit: RateLimit?) {
        let wakers = state.withLock { state in
            state.limit = limit
            state.throttle?.limit = limit
            if limit == nil { state.waiting = [] }
            return Array(state.wakers.values)
        }
        for wake in wakers { wake() }
    }
}
