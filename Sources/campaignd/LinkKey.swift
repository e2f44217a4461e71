import Glibc

/// The key that signs recipients' links: in a file of the data folder, made when it is first needed.
///
/// A new key makes every link that was sent before useless, so the file belongs into each backup.
enum LinkKey {
    static let fileName = "link.key"

    /// The key; on return it is durable.
    static func load(in folder: String) throws -> [UInt8] {
        let path = "\(folder)/\(fileName)"
        if access(path, F_OK) != 0 { try make(at: path, in: folder) }
        return try read(path)
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var key = [UInt8](repeating: 0, count: bytes + 1)
        let count = Glibc.read(descriptor, &key, key.count)
        guard count >= 0 else { throw failure(path) }
        guard count == bytes else {
            throw StartFailure.linkKey(path, "it has not \(bytes) bytes; restore it from a backup")
        }
        return Array(key.prefix(bytes))
    }

    /// Under another name first: a death leaves either no key or a whole one.
    private static func make(at path: String, in folder: String) throws {
        let partial = path + ".new"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(partial) }
        var random = SystemRandomNumberGenerator()
        let key = (0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let isWritten = write(descriptor, key, bytes) == bytes && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(partial, path) == 0 else { throw failure(path) }
        let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw failure(folder) }
        defer { close(parent) }
        guard fsync(parent) == 0 else { throw failure(folder) }
    }

    private static func failure(_ path: String) -> StartFailure {
        .linkKey(path, String(cString: strerror(errno)))
    }

    private static let bytes = 32
}
