import Dispatch
import Glibc
import JobQueue

/// Tells systemd's watchdog that the claim loop moves; a wedged pool is not told, and restarted.
final class Watchdog {
    private let source: (any DispatchSourceTimer)?

    /// Beats at half the interval of `$WATCHDOG_USEC`; does nothing where it is not set.
    init(pool: WorkerPool, clock: any EngineClock) {
        guard let text = getenv("WATCHDOG_USEC").map({ String(cString: $0) }),
            let interval = Int(text), interval > 0
        else {
            source = nil
            return
        }
        let timer = DispatchSource.makeTimerSource(
            queue: DispatchQueue(label: "campaignd.watchdog")
        )
        timer.schedule(deadline: .now(), repeating: .microseconds(interval / 2))
        timer.setEventHandler {
            if !pool.isWedged(now: clock.now) { SystemdNotifier.notify("WATCHDOG=1") }
        }
        timer.activate()
        source = timer
    }

    func stop() {
        source?.cancel()
    }
}
