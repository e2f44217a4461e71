import Foundation

/// Files as tests use them.
package enum TestFile {
    /// The text of a file, files of /proc included; nil where there is none.
    package static func text(_ path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        return (try? file.readToEnd()).flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes a file.
    package static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}

/// The programs that were built with this test.
package enum BuiltProgram {
    /// Where `swift build --build-tests` puts them: beside the test bundle, which is this process.
    package static let folder: String = {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return link.map { ($0 as NSString).deletingLastPathComponent } ?? "."
    }()

    package static var daemon: String { "\(folder)/campaignd" }
    package static var control: String { "\(folder)/campaignctl" }
}

/// A folder that goes when its last user does.
package final class TestFolder: Sendable {
    /// Short, as a Unix socket's path has at most 107 bytes.
    package let path: String

    package init() throws {
        path = "/tmp/e2e-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
