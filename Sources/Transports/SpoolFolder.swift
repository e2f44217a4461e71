import Glibc

/// A folder into which files appear whole or not at all, and durably.
///
/// A file is written and fsynced under a name of its own, then renamed, then the folder is fsynced:
/// after that it survives power loss. Writing the same name again replaces the file.
struct SpoolFolder: Sendable {
    /// Where finished files appear.
    let path: String
    /// Where they are written first; on the same file system.
    let staging: String

    /// Makes both folders where they are missing.
    init(path: String, staging: String) throws(SpoolError) {
        self.path = path
        self.staging = staging
        for folder in [path, staging] { try Self.make(folder) }
    }

    /// Writes a file; it is durable on return.
    func write(_ bytes: [UInt8], name: String) throws(SpoolError) {
        let draft = "\(staging)/\(name)"
        try Self.writeDurably(bytes, to: draft)
        guard rename(draft, "\(path)/\(name)") == 0 else { throw .failed("renaming", draft, errno) }
        try Self.sync(folder: path)
    }

    private static func make(_ folder: String) throws(SpoolError) {
        var parent = ""
        for part in folder.split(separator: "/", omittingEmptySubsequences: true) {
            parent += (parent.isEmpty && !folder.hasPrefix("/") ? "" : "/") + part
            guard mkdir(parent, 0o770) == 0 || errno == EEXIST else {
                throw .failed("making", parent, errno)
            }
        }
    }

    private static func writeDurably(_ bytes: [UInt8], to path: String) throws(SpoolError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o660)
        guard descriptor >= 0 else { throw .failed("opening", path, errno) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(
                    descriptor,
                    buffer.baseAddress?.advanced(by: written),
                    buffer.count - written
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .failed("writing", path, errno) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw .failed("syncing", path, errno) }
    }

    private static func sync(folder: String) throws(SpoolError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed("opening", folder, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .failed("syncing", folder, errno) }
    }
}

/// Why a file could not be spooled.
enum SpoolError: Error, CustomStringConvertible {
    /// What was done, to which path, and errno.
    case failed(String, String, Int32)

    var description: String {
        switch self {
        case .failed(let what, let path, let code):
            "\(what) \(path) failed: \(String(cString: strerror(code)))"
        }
    }
}
