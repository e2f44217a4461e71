import Foundation

/// A data folder of a test's own, removed with the value.
final class DataFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "campaignd-engine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The names of the files in a folder below, in order; hidden ones too.
    func files(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
    }

    /// A file below, whole.
    func bytes(of file: String) throws -> Data {
        try Data(contentsOf: URL(filePath: "\(path)/\(file)"))
    }

    /// Gives a file or folder below another name.
    func move(_ source: String, to target: String) throws {
        try FileManager.default.moveItem(
            atPath: "\(path)/\(source)",
            toPath: "\(path)/\(target)"
        )
    }
}
