import Glibc
import JobQueue
import Synchronization

/// One line at the bottom of the terminal that is drawn over until the work is done.
final class ProgressBar: Sendable {
    private struct State {
        var title: String
        var meter: ProgressMeter
        var lastDrawn: Int64?
    }

    private let state: Mutex<State>
    private let unit: ProgressMeter.Unit
    private let width: Int?

    /// Makes a bar for a terminal of `width` columns; nil: nothing is ever shown.
    init(title: String, unit: ProgressMeter.Unit, width: Int?) {
        state = Mutex(State(title: title, meter: ProgressMeter(unit: unit)))
        self.unit = unit
        self.width = width
    }

    var isShown: Bool { width != nil }

    /// Shows where the work stands; a new title starts the reckoning of its rate again.
    func update(title: String? = nil, done: Int64, total: Int64?) {
        guard let width else { return }
        let now = SystemClock.uptime
        state.withLock { state in
            let isNew = title.map { $0 != state.title } ?? false
            if let title, isNew {
                state.title = title
                state.meter = ProgressMeter(unit: unit)
            }
            state.meter.update(done: done, total: total, at: now)
            let isLast = done == total
            if let last = state.lastDrawn, !isNew, !isLast, now - last < Self.redraw { return }
            state.lastDrawn = now
            Self.draw(state.meter.line(title: state.title, width: width - 1))
        }
    }

    /// Removes the line.
    func clear() {
        guard isShown else { return }
        state.withLock { state in
            if state.lastDrawn != nil { Self.draw("") }
            state.lastDrawn = nil
        }
    }

    /// Draws over the line the cursor is in, and erases the rest of it (ECMA-48, EL).
    private static func draw(_ line: String) {
        let bytes = Array("\r\(line)\u{1b}[K".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    /// Milliseconds between two drawings.
    private static let redraw: Int64 = 100
}
