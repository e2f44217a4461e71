import Testing

@testable import Settings

@Suite("Configuration: secrets", .timeLimit(.minutes(10)))
struct SecretTests {
    private static func yaml(_ file: String, tls: String = "starttls") -> String {
        """
        transports:
          email: { kind: smtp, host: mail, tls: \(tls), username: u, passwordFile: "\(file)" }
        """
    }

    private static func password(_ loaded: LoadedConfiguration) -> String? {
        loaded.configuration.transports.email.smtp.password?.reveal()
    }

    @Test(
        "one newline at the end of the file is not part of the password",
        arguments: [("p w", "p w"), ("p\n", "p"), ("p\r\n", "p"), (" p ", " p ")]
    )
    func newline(content: String, password: String) throws {
        let folder = try Folder()
        try folder.write("password", content)
        let loaded = try load(Self.yaml("password"), in: folder)
        #expect(Self.password(loaded) == password)
        #expect(loaded.warnings.isEmpty)
    }

    @Test("a relative path is looked up among the credentials of systemd first")
    func credentials() throws {
        let (folder, credentials) = (try Folder(), try Folder())
        let environment = ["CREDENTIALS_DIRECTORY": credentials.path]
        try folder.write("password", "beside the file")
        let beside = try load(Self.yaml("password"), in: folder, environment: environment)
        #expect(Self.password(beside) == "beside the file")
        try credentials.write("password", "of the unit")
        let unit = try load(Self.yaml("password"), in: folder, environment: environment)
        #expect(Self.password(unit) == "of the unit")
        let absolute = try load(Self.yaml("\(folder.path)/password"), environment: environment)
        #expect(Self.password(absolute) == "beside the file")
    }

    @Test("a missing file is a fault that names the folders, not the path")
    func missing() throws {
        let folder = try Folder()
        let found = try faults(
            Self.yaml("s3cret"),
            in: folder,
            environment: ["CREDENTIALS_DIRECTORY": "/run/credentials/campaignd.service"]
        )
        let folders = "/run/credentials/campaignd.service or \(folder.path)"
        #expect(
            found == [
                "campaignd.yaml:2: transports.email.passwordFile: cannot be read: no such file in \(folders)"
            ]
        )
    }

    @Test(
        "a file without one line of text is a fault that does not tell its content",
        arguments: [
            ("", "it is empty"), ("\n", "it is empty"),
            ("s3cret\ntwo", "it is not one line of UTF-8 text"),
            ("s3cret\0", "it is not one line of UTF-8 text"),
            (String(repeating: "s3cret", count: 20_000), "it is larger than 64KB"),
        ]
    )
    func content(text: String, cause: String) throws {
        let folder = try Folder()
        try folder.write("password", text)
        #expect(
            try faults(Self.yaml("password"), in: folder) == [
                "campaignd.yaml:2: transports.email.passwordFile: cannot be read: \(cause)"
            ]
        )
    }

    @Test("a file that any user can read, and a password sent in the clear, are warnings")
    func warnings() throws {
        let folder = try Folder()
        let path = try folder.write("password", "p", mode: 0o644)
        let loaded = try load(Self.yaml("password", tls: "none"), in: folder)
        let file = "\(folder.path)/campaignd.yaml:2"
        #expect(
            loaded.warnings.map(\.description) == [
                "\(file): transports.email.passwordFile: every user of this machine can read \(path); run: chmod o= \(path)",
                "\(file): transports.email.username: with tls: none the password crosses the network unprotected",
            ]
        )
    }

    @Test("a secret shows in no description, debug description, mirror or dump")
    func redaction() throws {
        let folder = try Folder()
        try folder.write("password", "s3cret")
        let loaded = try load(Self.yaml("password"), in: folder)
        #expect(Self.password(loaded) == "s3cret")
        var dumped = ""
        dump(loaded, to: &dumped)
        for text in ["\(loaded)", String(reflecting: loaded), dumped] {
            #expect(text.contains("password: "))
            #expect(!text.contains("s3cret"))
        }
    }

    @Test(
        "a secret put where a name, path or address belongs is not quoted",
        arguments: [
            "transports: { email: { kind: smtp, host: \"u:s3cret@mail\" } }",
            "http: { listen: s3cret }",
            "region: s3cret",
            "http: { tokens: s3cret }",
            "transports: { email: { passwordFile: { s3: s3cret } } }",
        ]
    )
    func misplaced(yaml: String) throws {
        let found = try faults(yaml)
        #expect(found.count == 1)
        #expect(!found[0].contains("s3cret"))
    }
}
