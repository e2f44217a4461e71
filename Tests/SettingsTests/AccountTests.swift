import Testing

@testable import Settings

/// The section `accounts`, whose members have names of the operator's own.
@Suite("Configuration: accounts at other servers", .timeLimit(.minutes(10)))
struct AccountTests {
    @Test("an account needs three keys, and the rest has defaults")
    func minimal() throws {
        let folder = try Folder()
        try folder.write("token", "s3cret\n")
        let yaml = """
            defaultAccount: intelsend
            accounts:
              intelsend: { kind: remote, baseURL: "https://example.org/", userId: u1, tokenFile: token }
              second:
                baseURL: "http://127.0.0.1:8080"
                userId: u2
                tokenFile: token
                marker: false
                ambiguousSend: resend
                ratePerSecond: 0.5
                statuses: "Ready=BUILD, over=SENT"
            """
        let configuration = try load(yaml, environment: ["CREDENTIALS_DIRECTORY": folder.path])
            .configuration
        #expect(configuration.defaultAccount == "intelsend")
        #expect(configuration.accounts.names == ["intelsend", "second"])
        let first = configuration.accounts["intelsend"]
        #expect(first.baseURL == "https://example.org")
        #expect(first.marker)
        #expect(first.ambiguousSend == .hold)
        #expect(first.ratePerSecond == 5)
        #expect(first.token().reveal() == "s3cret")
        let second = configuration.accounts["second"]
        #expect(!second.marker)
        #expect(second.ambiguousSend == .resend)
        #expect(second.ratePerSecond == 0.5)
        #expect(second.statuses == ["READY": "BUILD", "OVER": "SENT"])
        let section = yaml.replacing(
            "\"Ready=BUILD, over=SENT\"",
            with: "{ Ready: BUILD, over: SENT }"
        )
        let same = try load(section, environment: ["CREDENTIALS_DIRECTORY": folder.path])
        #expect(same.configuration.accounts["second"].statuses == second.statuses)
    }

    @Test("a token that was renewed is read again; one that cannot be read any more stays")
    func renewed() throws {
        let folder = try Folder()
        try folder.write("token", "old")
        let yaml = """
            accounts: { x: { baseURL: "https://example.org", userId: u, tokenFile: token } }
            """
        let environment = ["CREDENTIALS_DIRECTORY": folder.path]
        let account = try load(yaml, environment: environment).configuration.accounts["x"]
        try folder.write("token", "new")
        #expect(account.token().reveal() == "new")
        try folder.write("token", "")
        #expect(account.token().reveal() == "old")
    }

    @Test(
        "faults are named with the account",
        arguments: [
            ("{ userId: u, tokenFile: t }", "accounts.x.baseURL: is required"),
            ("{ baseURL: \"https://u:p@h\", userId: u }", "accounts.x.baseURL: the value is not"),
            ("{ baseURL: \"ftp://h\" }", "accounts.x.baseURL: the value is not an http"),
            ("{ tokenFile: nowhere }", "accounts.x.tokenFile: cannot be read"),
            ("{ colour: red }", "accounts.x.colour: unknown key"),
            ("{ marker: maybe }", "accounts.x.marker: \"maybe\" is not true or false"),
            ("{ ratePerSecond: 0 }", "accounts.x.ratePerSecond: \"0\" is not a number from"),
            ("{ statuses: \"A=NOTHING\" }", "accounts.x.statuses: \"A=NOTHING\" is not pairs"),
            ("{ poll: { first: 10s, max: 1s } }", "accounts.x.poll.max: poll.max (1s) is below"),
        ]
    )
    func faults(account: String, fault: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try load("accounts: { x: \(account) }")
        }
        #expect(error?.description.contains(fault) == true, "\(error?.description ?? "")")
    }

    @Test("a name is checked, local is taken, and the default account must be there")
    func names() {
        for name in ["local", "Big", "a b", "-a"] {
            let error = #expect(throws: ConfigurationError.self) {
                try load("accounts: { \"\(name)\": { userId: u } }")
            }
            #expect(error?.description.contains("is not a name of small letters") == true)
        }
        let error = #expect(throws: ConfigurationError.self) { try load("defaultAccount: gone") }
        #expect(error?.description.contains("defaultAccount: no account of this name") == true)
    }

    @Test("only the file can name accounts")
    func fileOnly() {
        #expect(throws: ConfigurationError.self) {
            try load("", environment: ["CAMPAIGND_ACCOUNTS_X_USER_ID": "u"])
        }
    }
}
