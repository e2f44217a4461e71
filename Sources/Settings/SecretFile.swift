import Glibc

/// A file that holds one password or token, on one line.
///
/// A relative path is looked up in `$CREDENTIALS_DIRECTORY` first (systemd.exec(5), Credentials),
/// then in the folder where any other relative path of the same source starts.
struct SecretFile {
    static let bytesMax = 64_000

    let secret: Secret
    /// The file's path, if any user of the machine may read it.
    let exposedPath: String?

    /// Why there is no secret.
    ///
    /// Tells neither the content nor the path, which may be a secret put in the wrong place.
    struct Failure: Error {
        let cause: String
    }

    init(at path: String, credentials: String?, folder: String) throws(Failure) {
        let folders = path.hasPrefix("/") ? [] : [credentials, folder].compactMap(\.self)
        let places = folders.isEmpty ? [path] : folders.map { FilePath.join($0, path) }
        let place = places.first { access($0, F_OK) == 0 } ?? path
        let contents: FileContents
        do {
            contents = try FileContents(of: place, bytesMax: Self.bytesMax)
        } catch .system(ENOENT) where !folders.isEmpty {
            let names = folders.map { $0.isEmpty ? "the working directory" : $0 }
            throw Failure(cause: "no such file in \(names.joined(separator: " or "))")
        } catch {
            throw Failure(cause: "\(error)")
        }
        secret = Secret(try Self.line(in: contents.bytes))
        exposedPath = contents.isWorldReadable ? place : nil
    }

    /// The one line of a file, without the newline that editors and `echo` leave at its end.
    private static func line(in bytes: [UInt8]) throws(Failure) -> String {
        var bytes = bytes[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw Failure(cause: "it is empty") }
        guard let line = String(validating: bytes, as: UTF8.self),
            ValueSyntax.text().read(line) != nil
        else { throw Failure(cause: "it is not one line of UTF-8 text") }
        return line
    }
}

/// Paths as text; an empty folder is the working directory.
enum FilePath {
    /// The path as seen from the folder; an absolute path stays as it is.
    static func join(_ folder: String, _ path: String) -> String {
        if path.hasPrefix("/") || folder.isEmpty { return path }
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    /// The folder that a file lies in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
