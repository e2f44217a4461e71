import FoundationEssentials
import Testing

@testable import Settings

@Suite("Configuration: the table of keys and its documentation", .timeLimit(.minutes(10)))
struct DocumentationTests {
    private static let document = packageRoot.appending(path: "docs/configuration.md")
    private static let refresh = "UPDATE_DOCS=1 swift test --filter SettingsTests"

    @Test("docs/configuration.md holds the table as the rows give it")
    func table() throws {
        let text = try String(contentsOf: Self.document, encoding: .utf8)
        let start = try #require(text.firstRange(of: "\(Self.refresh) -->\n")).upperBound
        let end = try #require(text.firstRange(of: "<!-- /keys -->")).lowerBound
        let table = ConfigurationReference.markdownTable()
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
            let refreshed = text[..<start] + table + text[end...]
            try Data(refreshed.utf8).write(to: Self.document)
        } else {
            #expect(text[start..<end] == table, "refresh it with: \(Self.refresh)")
        }
    }

    @Test("every key has a name of its own as path, variable and flag")
    func names() {
        let keys = ConfigurationKeys.all(tokens: 1)
        #expect(Set(keys.map(\.path)).count == keys.count)
        #expect(Set(keys.compactMap(\.variable)).count == keys.compactMap(\.variable).count)
        #expect(Set(keys.compactMap(\.flag)).count == keys.compactMap(\.flag).count)
        #expect(!keys.compactMap(\.variable).contains(ConfigurationInputs.fileVariable))
    }

    @Test("every fixed default is a value that its key accepts")
    func defaults() {
        for key in ConfigurationKeys.all(tokens: 0) where key.defaultNote == nil {
            var configuration = DaemonConfiguration()
            let written = key.written(configuration)
            #expect(key.assign(written, &configuration) == nil, "\(key.path): \(written)")
        }
    }

    @Test("the examples of docs/configuration.md load")
    func documentedExamples() throws {
        let credentials = try Folder()
        try credentials.write("smtp-password", "p")
        try credentials.write("api-token", "t")
        let text = try String(contentsOf: Self.document, encoding: .utf8)
        let examples = text.split(separator: "```yaml\n").dropFirst()
            .compactMap { $0.split(separator: "```").first }
        #expect(examples.count == 2)
        for example in examples {
            let environment = ["CREDENTIALS_DIRECTORY": credentials.path]
            let loaded = try load(String(example), environment: environment)
            #expect(loaded.configuration.transports.email.smtp.password?.reveal() == "p")
            #expect(loaded.warnings.isEmpty)
        }
    }

    @Test("systemd/campaignd.yaml says nothing but the defaults, and loads with its lines in force")
    func systemFile() throws {
        let path = packageRoot.appending(path: "systemd/campaignd.yaml")
        let text = try String(contentsOf: path, encoding: .utf8)
        #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("#") })
        let credentials = try Folder()
        try credentials.write("smtp-password", "p")
        try credentials.write("api-token", "t")
        let settings = text.matches(of: /(?m)^# ( *[a-zA-Z]+:.*)$/).map { String($0.1) }
        let loaded = try load(
            settings.joined(separator: "\n"),
            environment: ["CREDENTIALS_DIRECTORY": credentials.path]
        )
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.configuration.transports.email.smtp.host == "mail.example.org")
        #expect(loaded.configuration.http.tokens.map { $0.token.reveal() } == ["t"])
    }

    @Test("Examples/campaignd.yaml loads without a warning")
    func example() throws {
        let path = packageRoot.appending(path: "Examples/campaignd.yaml").path
        let inputs = ConfigurationInputs(file: path, host: HostFacts(isRoot: true))
        let loaded = try LoadedConfiguration(from: inputs)
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.configuration.transports.email.kind == .smtp)
        #expect(loaded.configuration.jobs["build"].maxAttempts == 5)
    }
}
