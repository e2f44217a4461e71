import Glibc

/// The bytes of a small file and who may read it, taken from one descriptor.
struct FileContents {
    let bytes: [UInt8]
    /// Whether any user of the machine may read the file.
    let isWorldReadable: Bool

    /// Why a file was not read.
    enum Failure: Error, CustomStringConvertible {
        case system(Int32)
        case tooLarge(bytesMax: Int)

        var description: String {
            switch self {
            case .system(let code): String(cString: strerror(code))
            case .tooLarge(let bytesMax):
                "it is larger than \(UnitScale.bytes.write(Int64(bytesMax)))"
            }
        }
    }

    init(of path: String, bytesMax: Int) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
        bytes = try Self.read(descriptor, bytesMax: bytesMax)
        // A pipe has permission bits too, but no path that another user could open.
        isWorldReadable = status.st_mode & S_IFMT == S_IFREG && status.st_mode & S_IROTH != 0
    }

    private static func read(_ descriptor: Int32, bytesMax: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(errno)
            }
            bytes += chunk[..<count]
            guard bytes.count <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
        }
    }
}
