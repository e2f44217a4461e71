import Dispatch
import Glibc
import JobQueue
import Synchronization

/// Whether the disk has room for new work.
///
/// Looked at before each turn of the writer, for one system call. Below the mark, or after SQLite
/// found the disk full, nothing new is accepted, built or claimed; what was under way is recorded in
/// the room that the write-ahead log keeps for it. A timer, which runs only then, looks again until
/// there is room.
package final class SpaceGuard: Sendable {
    /// How a guard is set up.
    package struct Settings: Sendable {
        /// The mark, in bytes; 0 looks at nothing but what SQLite says.
        package var minimumFree: Int64
        /// Bytes free to the process on the file system of a folder; nil where it cannot tell.
        package var freeBytes: @Sendable (_ folder: String) -> Int64?
        /// Told after each change, on any queue; must not block.
        package var onChange: @Sendable (SpaceStatus) -> Void

        /// Makes settings.
        package init(
            minimumFree: Int64 = 0,
            freeBytes: @escaping @Sendable (String) -> Int64? = { SpaceGuard.freeBytes(of: $0) },
            onChange: @escaping @Sendable (SpaceStatus) -> Void = { _ in }
        ) {
            self.minimumFree = minimumFree
            self.freeBytes = freeBytes
            self.onChange = onChange
        }
    }

    private struct State {
        var isLow = false
        var timer: (any DispatchSourceTimer)?
    }

    private let folder: String
    private let settings: Settings
    private let events: EventHub
    private let queue = DispatchQueue(label: "campaignd.space")
    private let state = Mutex(State())

    init(folder: String, settings: Settings, events: EventHub) {
        self.folder = folder
        self.settings = settings
        self.events = events
    }

    deinit { state.withLock { $0.timer?.cancel() } }

    /// Whether new work has to wait.
    var isLow: Bool { state.withLock { $0.isLow } }

    /// How the disk stands.
    package var status: SpaceStatus {
        SpaceStatus(
            freeBytes: settings.freeBytes(folder),
            minimumFree: settings.minimumFree,
            isLow: isLow
        )
    }

    /// Throws `full` while new work has to wait.
    func demandRoom() throws(StoreError) {
        if isLow { throw .full(status.inWords) }
    }

    /// Looks at the disk; true where it has just become short of room.
    @discardableResult
    func look() -> Bool {
        guard settings.minimumFree > 0, let free = settings.freeBytes(folder) else { return false }
        return free < settings.minimumFree ? setLow() : false
    }

    /// SQLite found the disk full, whatever the file system says of itself: a quota does that.
    func foundFull() {
        setLow()
    }

    /// Looks whether there is room again; a little more than the mark, so as not to flutter.
    func lookAgain() {
        let free = settings.freeBytes(folder) ?? .max
        guard free >= settings.minimumFree + settings.minimumFree / Self.slackParts else { return }
        let wasLow = state.withLock { state in
            defer { state.isLow = false }
            state.timer?.cancel()
            state.timer = nil
            return state.isLow
        }
        guard wasLow else { return }
        settings.onChange(status)
        events.publish(.jobsReady)
        events.publish(.dispatchChanged)
    }

    @discardableResult
    private func setLow() -> Bool {
        let isNew = state.withLock { state in
            guard !state.isLow else { return false }
            state.isLow = true
            let timer = DispatchSource.makeTimerSource(queue: queue)
            timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
            timer.setEventHandler { [weak self] in self?.lookAgain() }
            timer.activate()
            state.timer = timer
            return true
        }
        if isNew { settings.onChange(status) }
        return isNew
    }

    /// Asks the file system.
    package static func freeBytes(of folder: String) -> Int64? {
        var information = statvfs()
        guard statvfs(folder, &information) == 0 else { return nil }
        return Int64(clamping: UInt64(information.f_bavail) * UInt64(information.f_frsize))
    }

    /// How often it is looked whether there is room again.
    private static let interval = DispatchTimeInterval.seconds(2)
    /// The part of the mark that has to be free on top of it.
    private static let slackParts: Int64 = 8
}

/// How the disk under the data folder stands.
package struct SpaceStatus: Sendable, Equatable {
    /// Nil where the file system does not say.
    package let freeBytes: Int64?
    package let minimumFree: Int64
    /// Whether nothing new is accepted, built or claimed for want of room.
    package let isLow: Bool

    /// The same for people.
    package var inWords: String {
        let free = freeBytes.map { "\($0 / 1_000_000) MB" } ?? "too little"
        return minimumFree > 0
            ? "\(free) are free and \(minimumFree / 1_000_000) MB have to be" : "\(free) are free"
    }
}
