import Glibc

/// The folder under which all the daemon's files lie.
enum DataFolder {
    /// Makes the folder, for its owner and group alone, where it is missing.
    static func prepare(_ path: String) throws {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o750) == 0 || errno == EEXIST else {
                throw StartFailure.folder(path, String(cString: strerror(errno)))
            }
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw StartFailure.folder(path, String(cString: strerror(errno)))
        }
    }
}
