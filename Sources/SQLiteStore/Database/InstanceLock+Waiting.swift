import Glibc

extension InstanceLock {
    /// How long a daemon that starts waits for a command that works on the file.
    package static let daemonWait = Duration.seconds(10)
    /// The pause between two attempts; `flock` cannot wait for a limited time.
    static let retryInterval = Duration.milliseconds(20)

    /// Takes the lock for a daemon: waits for a command, refuses at once when a daemon holds it.
    ///
    /// Blocks the calling thread. `pause` is how it waits between two attempts.
    ///
    /// - Throws: `LockFailure`.
    package static func acquireForDaemon(
        in folder: String,
        waitingUpTo limit: Duration = daemonWait,
        pause: (Duration) -> Void = pauseThread
    ) throws(LockFailure) -> InstanceLock {
        var last: LockHolder?
        for _ in 0...Int(limit / retryInterval) {
            switch try attempt(role: .daemon, in: folder) {
            case .acquired(let lock): return lock
            case .held(let holder):
                // Named twice: what stands in the file may be from before, for as long as a new
                // holder takes from locking the file to writing its name there.
                if let holder, holder.role == .daemon, holder == last {
                    throw .heldByDaemon(holder)
                }
                last = holder
            }
            pause(retryInterval)
        }
        throw .stillHeld(last)
    }

    /// Blocks the calling thread for a span below one second.
    package static func pauseThread(_ span: Duration) {
        usleep(UInt32(span.components.attoseconds / 1_000_000_000_000))
    }
}
