import Glibc

/// Which program holds the data folder.
package enum LockRole: String, Sendable {
    /// The daemon: holds the folder as long as it runs.
    case daemon
    /// A command that works on the file itself: holds the folder for a moment.
    case cli
}

/// Who holds the lock, as it says of itself.
package struct LockHolder: Sendable, Equatable, CustomStringConvertible {
    /// Its role.
    package let role: LockRole
    /// Its process id.
    package let processID: Int32

    package var description: String { "\(role.rawValue) \(processID)" }

    /// Reads the content of a lock file: `daemon 4711`.
    init?(_ content: String) {
        let words = content.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let role = LockRole(rawValue: String(words[0])),
            let processID = Int32(words[1])
        else { return nil }
        self.init(role: role, processID: processID)
    }

    init(role: LockRole, processID: Int32) {
        self.role = role
        self.processID = processID
    }
}

/// Why the data folder could not be taken.
package enum LockFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// A daemon works on the folder.
    case heldByDaemon(LockHolder)
    /// Somebody held the folder for the whole time; nil where the holder has not said who it is.
    case stillHeld(LockHolder?)
    /// The lock file could not be opened, locked or written.
    case unusable(path: String, reason: String)

    package var description: String {
        switch self {
        case .heldByDaemon(let holder):
            "a daemon already works on this data folder (process \(holder.processID)): "
                + "stop it first, or choose another folder"
        case .stillHeld(let holder):
            "the data folder is held by \(holder.map { "\($0)" } ?? "another process"): "
                + "wait for it to end, then try again"
        case .unusable(let path, let reason):
            "cannot lock \(path): \(reason): check that the folder exists and who owns it"
        }
    }
}

/// The right to open the database of a data folder, held by one process at a time.
///
/// A lock by `flock` on `campaignd.lock` beside the database, never on the database itself. The
/// kernel releases it when the process ends, however it ends. The file stays: unlinking it would
/// let two processes lock two files of one name.
package struct InstanceLock: ~Copyable, Sendable {
    /// The lock file's name in the data folder.
    package static let fileName = "campaignd.lock"
    /// The longest content read from a lock file.
    private static let contentLimit = 64

    private let descriptor: Int32

    /// What became of one attempt to take the lock.
    package enum Attempt: ~Copyable, Sendable {
        /// The lock is held, until the value is released.
        case acquired(InstanceLock)
        /// Another process holds it; nil where the holder has not said yet who it is.
        case held(LockHolder?)
    }

    /// Tries once, without waiting.
    ///
    /// - Throws: `LockFailure.unusable`.
    package static func attempt(
        role: LockRole,
        in folder: String
    ) throws(LockFailure) -> Attempt {
        let path = folder + "/" + fileName
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw unusable(path) }
        // From here on the value closes the file.
        let lock = InstanceLock(descriptor: descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw unusable(path) }
            return .held(lock.content().flatMap(LockHolder.init))
        }
        guard lock.handToOwner(of: folder),
            lock.write("\(LockHolder(role: role, processID: getpid()))\n")
        else { throw unusable(path) }
        return .acquired(lock)
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static func unusable(_ path: String) -> LockFailure {
        .unusable(path: path, reason: String(cString: strerror(errno)))
    }

    /// As root, gives the file to the folder's owner, who could not open it otherwise.
    private func handToOwner(of folder: String) -> Bool {
        guard geteuid() == 0 else { return true }
        var status = Glibc.stat()
        return stat(folder, &status) == 0
            && fchown(descriptor, status.st_uid, status.st_gid) == 0
    }

    private func write(_ content: String) -> Bool {
        ftruncate(descriptor, 0) == 0
            && content.withCString { pwrite(descriptor, $0, strlen($0), 0) } == content.utf8.count
    }

    private func content() -> String? {
        var bytes = [UInt8](repeating: 0, count: Self.contentLimit)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
