import Glibc
import JobQueue

/// What a connection needs of the world.
struct Surroundings {
    /// Takes the lock of a data folder, where no daemon answers.
    var openFile: (_ folder: String) throws -> OfflineFile.Attempt
    /// A clock that does not go back.
    var now: () -> Timestamp
    /// Lets time pass.
    var pause: (Duration) -> Void

    /// The real ones.
    static func standard() -> Surroundings {
        let clock = SystemClock()
        return Surroundings(
            openFile: { try OfflineFile.open(in: $0) },
            now: { clock.now },
            pause: sleepThread
        )
    }

    private static func sleepThread(_ span: Duration) {
        let (seconds, attoseconds) = span.components
        var left = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        while true {
            let wanted = left
            var rest = timespec()
            let result = withUnsafePointer(to: wanted) { nanosleep($0, &rest) }
            guard result != 0, errno == EINTR else { return }
            left = rest
        }
    }
}
