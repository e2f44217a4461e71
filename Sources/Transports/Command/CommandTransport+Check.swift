package import Campaigns
import Glibc

extension CommandTransport {
    /// Looks for the program as it would be started; runs nothing.
    package func check(completion: @escaping @Sendable (ConnectionFault?) -> Void) {
        let name = settings.argv[0]
        let places = name.contains("/") ? [name] : Self.searchPath.map { "\($0)/\(name)" }
        let found = places.first { access($0, F_OK) == 0 }
        guard let found else {
            let path = Self.searchPath.joined(separator: ":")
            let place = name.contains("/") ? "there" : "in \(path)"
            return completion(
                ConnectionFault(
                    "no program \(name) \(place)",
                    whatToDo: "install it, or name it in argv by its whole path"
                )
            )
        }
        guard !places.contains(where: Self.isProgram) else { return completion(nil) }
        completion(
            ConnectionFault(
                "\(found) is no program that the daemon's user may run",
                whatToDo: "chmod +x it and let that user get to it; argv names a program, no folder"
            )
        )
    }

    private static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && access(path, X_OK) == 0
    }

    /// Where execvp(3) looks for names.
    private static var searchPath: [String] {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/bin:/usr/bin"
        return path.split(separator: ":", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "." : String($0) }
    }
}
