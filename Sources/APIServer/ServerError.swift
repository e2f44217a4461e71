/// Why a server cannot start.
package enum ServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kernel's limit on a socket's path; sun_path of unix(7), less its final zero.
    case pathTooLong(String, bytes: Int)
    /// Something else lies where the socket is to be.
    case notASocket(String)
    case unknownGroup(String)
    /// A system call on the socket's file failed.
    case socketFile(String, reason: String)
    /// Without tokens only this machine may call.
    case openToOthers(String)
    case cannotListen(String, reason: String)

    /// The most bytes of a socket's path.
    package static let maximumPathBytes = 107

    package var description: String {
        switch self {
        case .pathTooLong(let path, let bytes):
            "the socket's path has \(bytes) bytes, and at most \(Self.maximumPathBytes) are "
                + "possible: \(path); use a data folder with a shorter path, or set "
                + "RUNTIME_DIRECTORY"
        case .notASocket(let path):
            "\(path) is there and is no socket; move it away"
        case .unknownGroup(let name):
            "there is no group \(name) to give the socket to; create it or change socket.group"
        case .socketFile(let path, let reason): "cannot set up the socket \(path): \(reason)"
        case .openToOthers(let host):
            "\(host) is no loopback address: listening on it needs http.tokens"
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        }
    }
}
