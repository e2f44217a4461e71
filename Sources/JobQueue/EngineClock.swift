package import Dispatch

/// The one source of time; nothing else reads a clock.
///
/// `now` is *engine time*: it looks like the date but runs on CLOCK_BOOTTIME, so a step of the wall
/// clock fires no backoff early and delays none. `wall` only answers "is it this date yet".
package protocol EngineClock: Sendable {
    /// Engine time: never goes back while the machine is up.
    var now: Timestamp { get }

    /// The wall clock as the operating system has it now, steps included.
    var wall: Timestamp { get }

    /// Makes a disarmed timer that calls `handler` on `queue`.
    func makeTimer(
        on queue: DispatchQueue,
        handler: @escaping @Sendable () -> Void
    ) -> any EngineTimer
}

/// A one-shot timer that can be armed again; it fires at or after its deadline, never before.
package protocol EngineTimer: Sendable {
    /// Replaces both deadlines: `engine` on engine time, `wall` on the wall clock; nil disarms.
    ///
    /// A deadline already past fires at once, so none can be lost between reading state and arming.
    func arm(engine: Timestamp?, wall: Timestamp?)

    /// Disarms for good.
    func cancel()
}
