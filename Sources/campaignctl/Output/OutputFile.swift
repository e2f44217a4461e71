import Glibc

/// A file that is written part by part, and not there until it has been published.
final class OutputFile {
    private let path: String
    private let descriptor: Int32

    /// Makes the file, in place of one that is there.
    init(_ path: String, mode: mode_t = 0o600) throws(CommandFailure) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .unwritable(path, errno) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unwritable(path, errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Makes the content durable and gives the file its name, in place of what lies there.
    func publish(as name: String) throws(CommandFailure) {
        guard fsync(descriptor) == 0, rename(path, name) == 0 else {
            throw .unwritable(name, errno)
        }
        let folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? "."
        let opened = open(folder, O_RDONLY | O_CLOEXEC)
        guard opened >= 0, fsync(opened) == 0 else { throw .unwritable(folder, errno) }
        close(opened)
    }

    /// Takes the unfinished file away.
    func discard() {
        unlink(path)
    }
}
