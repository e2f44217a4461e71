import CampaignAPI
import Glibc
import Synchronization

/// A file, or standard input, that is read part by part.
///
/// It is opened before the process gives up root's rights for those of the data folder's owner.
final class InputFile: ByteSource {
    /// As the command line names it, for messages.
    let name: String
    /// Bytes in all; nil where only reading to the end tells.
    let size: Int64?
    private let bytesRead = Atomic<Int64>(0)
    private let descriptor: Int32
    private let isStandardInput: Bool
    private let onProgress: @Sendable (_ read: Int64, _ size: Int64?) -> Void

    /// Opens a file; `-` is standard input.
    ///
    /// - Parameter onProgress: called after each part.
    init(
        _ path: String,
        onProgress: @escaping @Sendable (_ read: Int64, _ size: Int64?) -> Void = { _, _ in }
    ) throws(CommandFailure) {
        self.onProgress = onProgress
        isStandardInput = path == "-"
        name = isStandardInput ? "standard input" : path
        descriptor = isStandardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(name, errno) }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else { throw .unreadable(name, EISDIR) }
        size = kind == S_IFREG ? Int64(status.st_size) : nil
    }

    deinit {
        if !isStandardInput { close(descriptor) }
    }

    /// The next part, nil at the end.
    func next() throws(CommandFailure) -> [UInt8]? {
        var failure: Int32 = 0
        let part = [UInt8](unsafeUninitializedCapacity: Self.partBytes) { buffer, count in
            while true {
                let result = read(descriptor, buffer.baseAddress, buffer.count)
                count = max(0, result)
                if result >= 0 { return }
                if errno != EINTR { break }
            }
            failure = errno
        }
        guard failure == 0 else { throw .unreadable(name, failure) }
        guard !part.isEmpty else { return nil }
        onProgress(bytesRead.add(Int64(part.count), ordering: .relaxed).newValue, size)
        return part
    }

    /// Goes back to the start; false where what was read is gone, as from a pipe.
    func rewind() -> Bool {
        if bytesRead.load(ordering: .relaxed) == 0 { return true }
        guard size != nil, lseek(descriptor, 0, SEEK_SET) == 0 else { return false }
        bytesRead.store(0, ordering: .relaxed)
        return true
    }

    /// The whole file, which may have at most `limit` bytes.
    func wholeContents(limit: Int) throws(CommandFailure) -> [UInt8] {
        var contents: [UInt8] = []
        while let part = try next() {
            contents += part
            guard contents.count <= limit else {
                throw CommandFailure(
                    .data,
                    "\(name) has more than \(DisplayText.count(Int64(limit))) bytes"
                )
            }
        }
        return contents
    }

    /// Bytes read at once: large enough for few calls, small enough for a moving progress bar.
    private static let partBytes = 256 * 1_024
}

extension CommandFailure {
    /// A file cannot be opened or read.
    static func unreadable(_ name: String, _ code: Int32) -> CommandFailure {
        let exit: ExitStatus =
            switch code {
            case ENOENT, ENOTDIR, EISDIR: .noInput
            case EACCES, EPERM: .noPermission
            default: .inputOutput
            }
        return CommandFailure(exit, "\(name): \(systemMessage(code))")
    }

    /// A file cannot be made or written.
    static func unwritable(_ name: String, _ code: Int32) -> CommandFailure {
        let exit: ExitStatus = code == EACCES || code == EPERM ? .noPermission : .inputOutput
        return CommandFailure(exit, "\(name): \(systemMessage(code))")
    }

    /// What the system says about an error number.
    static func systemMessage(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
