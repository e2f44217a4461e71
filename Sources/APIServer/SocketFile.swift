import Glibc

/// The file of a Unix socket: checked before it is bound, made accessible behind that.
struct SocketFile: Sendable {
    let settings: SocketSettings

    /// Checks that a socket can be bound here.
    ///
    /// A socket that lies here is a dead daemon's, for a living one would hold the instance lock
    /// that the caller holds; binding replaces it.
    init(_ settings: SocketSettings) throws(ServerError) {
        self.settings = settings
        let bytes = settings.path.utf8.count
        guard bytes <= ServerError.maximumPathBytes else {
            throw .pathTooLong(settings.path, bytes: bytes)
        }
        var information = stat()
        if lstat(settings.path, &information) == 0, information.st_mode & S_IFMT != S_IFSOCK {
            throw .notASocket(settings.path)
        }
    }

    /// Runs `bind` while new files are the owner's alone.
    ///
    /// So nobody slips in before ``makeAccessible()``. It holds for all files the process makes
    /// meanwhile.
    func withoutAccess<Value>(
        _ bind: () throws(ServerError) -> Value
    ) throws(ServerError) -> Value {
        let old = umask(0o177)
        defer { umask(old) }
        return try bind()
    }

    /// Gives the socket its group, then its mode.
    func makeAccessible() throws(ServerError) {
        if let name = settings.group {
            let group = try Self.groupID(name)
            guard chown(settings.path, uid_t.max, group) == 0 else { throw failure("chown") }
        }
        guard chmod(settings.path, mode_t(settings.mode)) == 0 else { throw failure("chmod") }
    }

    /// Removes the file; a missing one is no error.
    func remove() { unlink(settings.path) }

    private static func groupID(_ name: String) throws(ServerError) -> gid_t {
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 16 * 1_024)
        guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
            throw .unknownGroup(name)
        }
        return entry.gr_gid
    }

    private func failure(_ call: String) -> ServerError {
        .socketFile(settings.path, reason: "\(call): \(String(cString: strerror(errno)))")
    }
}
