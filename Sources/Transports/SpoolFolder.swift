import CLinux
import Glibc

/// A folder into which files appear whole or not at all, and durably.
///
/// A file is written and synced under a name of its own, then renamed, then the folder is synced:
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

    /// Writes files together; each result says whether that file is durable on return.
    ///
    /// One `syncfs` and one fsync of the folder serve them all: a file alone would take two
    /// fsyncs, and thousands of files thousands.
    func write(_ files: [SpoolFile]) -> [Result<Void, SpoolError>] {
        var results = files.map { file in
            Result { () throws(SpoolError) in try Self.draft(file.bytes, at: draft(file)) }
        }
        let isSynced = Result { () throws(SpoolError) in
            try Self.sync(staging) { descriptor in syncfs(descriptor) }
        }
        for (index, file) in files.enumerated() where results[index].isSuccess {
            results[index] = isSynced.flatMap { publish(file) }
        }
        let isListed = Result { () throws(SpoolError) in
            try Self.sync(path) { descriptor in fsync(descriptor) }
        }
        return results.map { $0.flatMap { isListed } }
    }

    private func draft(_ file: SpoolFile) -> String { "\(staging)/\(file.name)" }

    private func publish(_ file: SpoolFile) -> Result<Void, SpoolError> {
        rename(draft(file), "\(path)/\(file.name)") == 0
            ? .success(()) : .failure(.failed("renaming", draft(file), errno))
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

    private static func draft(_ bytes: [UInt8], at path: String) throws(SpoolError) {
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
    }

    private static func sync(_ folder: String, _ call: (Int32) -> Int32) throws(SpoolError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed("opening", folder, errno) }
        defer { close(descriptor) }
        guard call(descriptor) == 0 else { throw .failed("syncing", folder, errno) }
    }
}

/// A file to spool.
struct SpoolFile {
    var name: String
    var bytes: [UInt8]
}

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
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
