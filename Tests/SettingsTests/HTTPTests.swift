import Testing

@testable import Settings

@Suite("Configuration: HTTP listeners and tokens", .timeLimit(.minutes(10)))
struct HTTPTests {
    @Test("listeners, tokens and limits are read")
    func http() throws {
        let folder = try Folder()
        try folder.write("one", "token one\n")
        try folder.write("two", "token two\n")
        let yaml = """
            http:
              listen: "0.0.0.0:8080"
              public: "[::]:80"
              tokens: [{ user: a, file: one }, { user: b, file: two }]
              maxBody: 2GB
            """
        #expect(
            try faults(yaml, in: folder)
                == ["campaignd.yaml:5: http.maxBody: \"2GB\" is not a size from 1KB to 1GB"]
        )
        let http = try load(yaml.replacing("2GB", with: "1MB"), in: folder).configuration.http
        #expect(http.listen == ListenAddress("0.0.0.0:8080"))
        #expect(http.publicListen?.host == "::")
        #expect(http.maxBodyBytes == 1_000_000)
        #expect(http.tokens.map(\.user) == ["a", "b"])
        #expect(http.tokens.map { $0.token.reveal() } == ["token one", "token two"])
    }

    @Test(
        "without tokens a loopback address may be listened on",
        arguments: ["127.0.0.1:8080", "127.8.9.1:1", "[::1]:8080", "localhost:8080"]
    )
    func loopback(address: String) throws {
        let http = try load("http: { listen: \"\(address)\" }").configuration.http
        #expect(http.listen?.description == address)
        #expect(http.listen?.isLoopback == true)
    }

    @Test(
        "without tokens no other address may be listened on",
        arguments: [
            "0.0.0.0:80", "[::]:80", "192.0.2.1:80", "127.example.com:80", "[::ffff:0:1]:80",
        ]
    )
    func reachable(address: String) throws {
        let found = try faults("http: { listen: \"\(address)\", tokens: [] }")
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("campaignd.yaml:1: http.listen: http.tokens is empty, and "))
    }

    @Test(
        "an address needs a host and a port",
        arguments: ["8080", ":8080", "host", "host:", "host:65536", "host:+1", "::1:80", "a b:1"]
    )
    func addresses(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test("the public URL is one that paths can be added to")
    func publicURL() throws {
        let shown = ["https://mail.example.org/", "http://[::1]:8081", "https://example.org/a/b"]
        let read = try shown.map {
            try load("http: { publicUrl: \"\($0)\" }").configuration.http.publicURL
        }
        #expect(
            read == ["https://mail.example.org", "http://[::1]:8081", "https://example.org/a/b"]
        )
        for text in ["mail.example.org", "ftp://x", "https://", "https://x/?a", "https://u@x/ y"] {
            #expect(try faults("http: { publicUrl: \"\(text)\" }").count == 1, "\(text)")
        }
    }

    @Test("a token without user or file is reported at its place in the list")
    func tokens() throws {
        let yaml = """
            http:
              listen: "0.0.0.0:80"
              tokens:
                - { user: a }
                - { file: /dev/null, usr: b }
            """
        #expect(
            try faults(yaml) == [
                "campaignd.yaml:4: http.tokens[0].file: is required: the token is read from it",
                "campaignd.yaml:5: http.tokens[1].usr: unknown key; allowed here: user, file",
                "campaignd.yaml:5: http.tokens[1].user: is required: a token stands for a user",
                "campaignd.yaml:5: http.tokens[1].file: cannot be read: it is empty",
            ]
        )
    }

    @Test("a token cannot come from the environment, where its place in the list would be lost")
    func environment() throws {
        #expect(try faults(environment: ["CAMPAIGND_HTTP_TOKENS_0_USER": "a"]).count == 1)
    }
}
