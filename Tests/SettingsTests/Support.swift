import FoundationEssentials
import Testing

@testable import Settings

/// A temporary folder with files, gone when the test is over.
final class Folder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "configuration-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file, readable by its owner alone unless said otherwise, and gives its path.
    @discardableResult
    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        try write(name, bytes: Array(text.utf8), mode: mode)
    }

    @discardableResult
    func write(_ name: String, bytes: [UInt8], mode: Int = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        try Data(bytes).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}

/// Loads a configuration from a YAML text, an environment and flags.
func load(
    _ yaml: String? = nil,
    in folder: Folder? = nil,
    environment: [String: String] = [:],
    flags: [String: String] = [:],
    host: HostFacts = HostFacts(isRoot: true)
) throws -> LoadedConfiguration {
    let folder = try folder ?? Folder()
    let inputs = ConfigurationInputs(
        file: try yaml.map { try folder.write("campaignd.yaml", $0) },
        environment: environment,
        flags: flags,
        host: host
    )
    return try withExtendedLifetime(folder) { try LoadedConfiguration(from: inputs) }
}

/// The faults of a configuration, one text each, with the file's name for its path.
func faults(
    _ yaml: String? = nil,
    in folder: Folder? = nil,
    environment: [String: String] = [:],
    flags: [String: String] = [:],
    host: HostFacts = HostFacts(isRoot: true)
) throws -> [String] {
    let folder = try folder ?? Folder()
    let error = #expect(throws: ConfigurationError.self) {
        try load(yaml, in: folder, environment: environment, flags: flags, host: host)
    }
    return (error?.faults ?? []).map { $0.description.replacing("\(folder.path)/", with: "") }
}

/// The root of the package, where `docs` and `Examples` lie.
let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
