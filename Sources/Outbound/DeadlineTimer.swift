import Dispatch

/// One timer for many deadlines: armed for the earliest, it fires and asks its owner for the next.
///
/// A deadline that moves further away costs nothing: the timer then fires once for the old one and
/// finds nothing due. Used on its queue alone.
final class DeadlineTimer {
    /// An instant on Dispatch's monotonic clock, in nanoseconds.
    typealias Instant = UInt64

    private let timer: any DispatchSourceTimer
    private var armed: Instant = .max

    init(queue: DispatchQueue, handler: @escaping () -> Void) {
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in
            self?.armed = .max
            handler()
        }
        timer.activate()
    }

    deinit {
        timer.cancel()
    }

    /// The present instant.
    static var now: Instant { DispatchTime.now().uptimeNanoseconds }

    /// The instant that lies `duration`, at most a year, from now.
    static func after(_ duration: Duration) -> Instant {
        let (seconds, attoseconds) = min(max(duration, .zero), longest).components
        return now + UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }

    private static let longest = Duration.seconds(365 * 86_400)

    /// Makes the handler run at `deadline`, or earlier if it is armed for an earlier one.
    func arm(_ deadline: Instant) {
        guard deadline < armed else { return }
        armed = deadline
        timer.schedule(deadline: DispatchTime(uptimeNanoseconds: deadline))
    }
}
