import Testing

@testable import Settings

@Suite("Configuration: how recipients opt out")
struct OptOutTests {
    @Test("the key of links, the words and the inbound secret come from files")
    func files() throws {
        let folder = try Folder()
        try folder.write("key", "0123456789abcdef0123456789abcdef\n")
        try folder.write("words.csv", "word,meaning\nSTOPP,stop\n")
        try folder.write("secret", "long and random\n")
        let yaml = """
            http: { linkKeyFile: key }
            optOut: { wordsFile: words.csv, inboundSecretFile: secret }
            """
        let configuration = try load(yaml, in: folder).configuration
        #expect(configuration.http.linkKey?.reveal() == "0123456789abcdef0123456789abcdef")
        #expect(configuration.optOut.words == Array("word,meaning\nSTOPP,stop\n".utf8))
        #expect(configuration.optOut.inboundSecret?.reveal() == "long and random")
        #expect(!"\(configuration)".contains("0123456789abcdef"))
    }

    @Test("a short key, and files that are not there, are faults")
    func faulty() throws {
        let folder = try Folder()
        try folder.write("key", "short\n")
        let yaml = """
            http: { linkKeyFile: key }
            optOut: { wordsFile: words.csv, inboundSecretFile: secret }
            """
        let found = try faults(yaml, in: folder)
        #expect(found.count == 3)
        #expect(found.contains { $0.contains("http.linkKeyFile") && $0.contains("16 bytes") })
        #expect(found.contains { $0.contains("optOut.wordsFile") })
    }

    @Test("without them there are none")
    func none() throws {
        let configuration = try load("").configuration
        #expect(configuration.http.linkKey == nil)
        #expect(configuration.optOut.words == nil)
        #expect(configuration.optOut.inboundSecret == nil)
    }
}
