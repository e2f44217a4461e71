package import Dispatch
import Glibc
import Synchronization

/// Time from the operating system: CLOCK_BOOTTIME plus an offset fixed at start, and CLOCK_REALTIME.
package final class SystemClock: EngineClock {
    /// Engine time minus CLOCK_BOOTTIME in milliseconds; recorded with each epoch.
    package let bootOffset: Int64

    /// Makes a clock whose engine time is CLOCK_BOOTTIME plus `bootOffset` milliseconds.
    package init(bootOffset: Int64) {
        self.bootOffset = bootOffset
    }

    /// Makes a clock whose engine time starts at the wall clock.
    package convenience init() {
        self.init(bootOffset: Self.read(CLOCK_REALTIME) - Self.read(CLOCK_BOOTTIME))
    }

    package var now: Timestamp {
        Timestamp(milliseconds: Self.read(CLOCK_BOOTTIME) + bootOffset)
    }

    package var wall: Timestamp { Timestamp(milliseconds: Self.read(CLOCK_REALTIME)) }

    /// Milliseconds of CLOCK_BOOTTIME: since the machine started, suspended time included.
    package static var uptime: Int64 { read(CLOCK_BOOTTIME) }

    package func makeTimer(
        on queue: DispatchQueue,
        handler: @escaping @Sendable () -> Void
    ) -> any EngineTimer {
        DispatchTimer(clock: self, queue: queue, handler: handler)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        let result = clock_gettime(clock, &time)
        precondition(result == 0, "clock_gettime failed for clock \(clock)")
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// Two Dispatch timers, one for each clock, that share a handler.
private final class DispatchTimer: EngineTimer {
    private let clock: SystemClock
    private nonisolated(unsafe) let engine: any DispatchSourceTimer
    // Protected by libdispatch: schedule and cancel may be called from any thread.
    private nonisolated(unsafe) let wall: any DispatchSourceTimer
    // Protected by libdispatch, as above.

    init(clock: SystemClock, queue: DispatchQueue, handler: @escaping @Sendable () -> Void) {
        self.clock = clock
        engine = DispatchSource.makeTimerSource(queue: queue)
        wall = DispatchSource.makeTimerSource(queue: queue)
        for source in [engine, wall] {
            source.setEventHandler(handler: handler)
            source.schedule(deadline: .distantFuture)
            source.activate()
        }
    }

    func arm(engine deadline: Timestamp?, wall date: Timestamp?) {
        // The extra millisecond covers the part that reading the clock in milliseconds cuts off.
        if let deadline {
            let wait = max(0, deadline.milliseconds - clock.now.milliseconds + 1)
            engine.schedule(deadline: .now() + .milliseconds(Int(wait)))
        } else {
            engine.schedule(deadline: .distantFuture)
        }
        if let date {
            let wait = max(0, date.milliseconds - clock.wall.milliseconds + 1)
            wall.schedule(wallDeadline: .now() + .milliseconds(Int(wait)))
        } else {
            wall.schedule(wallDeadline: .distantFuture)
        }
    }

    func cancel() {
        engine.cancel()
        wall.cancel()
    }
}
