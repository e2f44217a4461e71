import Dispatch
import Glibc
import Logging

/// Tells systemd's watchdog that every part of the daemon moves.
///
/// Each beat asks all parts to call back from the queue that they work on; none runs SQL for it.
/// While one is silent systemd is not told, and kills and restarts the daemon when its interval is
/// over. The log and `systemctl status` then name the part.
final class Watchdog: @unchecked Sendable {
    // `queue` protects the variables.

    /// Something that must answer.
    struct Part: Sendable {
        var name: String
        /// Has the part call back once, from its own queue.
        var ask: @Sendable (_ answer: @escaping @Sendable () -> Void) -> Void
    }

    private let parts: [Part]
    private let isWell: @Sendable () -> Bool
    private let logger: Logger
    private let queue = DispatchQueue(label: "campaignd.watchdog")
    private let timer: any DispatchSourceTimer
    /// Asked, and silent so far.
    private var silent: Set<String> = []
    private var missedBeats = 0

    /// Beats at half the interval that systemd set; nil where it set none for this process.
    ///
    /// - Parameter isWell: asked once all have answered; false counts as silence.
    init?(_ parts: [Part], logger: Logger, isWell: @escaping @Sendable () -> Bool) {
        guard let interval = Self.variable("WATCHDOG_USEC"), interval > 1,
            Self.variable("WATCHDOG_PID").map({ $0 == getpid() }) ?? true
        else { return nil }
        self.parts = parts
        self.isWell = isWell
        self.logger = logger
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now(), repeating: .microseconds(interval / 2))
        timer.setEventHandler { [unowned self] in beat() }
        timer.activate()
    }

    /// Tells systemd nothing more.
    func stop() {
        queue.sync { timer.cancel() }
    }

    private func beat() {
        guard silent.isEmpty else { return reportSilence() }
        silent = Set(parts.map(\.name))
        for part in parts {
            part.ask { [self] in queue.async { self.answered(part.name) } }
        }
    }

    private func answered(_ name: String) {
        silent.remove(name)
        guard silent.isEmpty, !timer.isCancelled, isWell() else { return }
        if missedBeats > 0 {
            missedBeats = 0
            logger.notice("every part answers again")
            SystemdNotifier.notify("STATUS=\(Self.serving)")
        }
        SystemdNotifier.notify("WATCHDOG=1")
    }

    private func reportSilence() {
        missedBeats += 1
        let names = silent.sorted().joined(separator: ", ")
        SystemdNotifier.notify("STATUS=not answering: \(names)")
        if missedBeats == 1 {
            logger.error("a part of the daemon does not answer", metadata: ["parts": "\(names)"])
        }
    }

    private static func variable(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }

    /// What `systemctl status` shows while all is well.
    static let serving = "serving"
}
