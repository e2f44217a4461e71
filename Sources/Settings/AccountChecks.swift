extension ConfigurationReader {
    /// Checks the accounts at other servers, and reads their tokens.
    mutating func checkAccounts() {
        for name in configuration.accounts.names { checkAccount(name) }
        let chosen = configuration.defaultAccount
        if chosen != "local", !configuration.accounts.names.contains(chosen),
            isSound("defaultAccount")
        {
            report(.conflict("no account of this name stands under accounts"), of: "defaultAccount")
        }
    }

    private mutating func checkAccount(_ name: String) {
        let section = "\(ConfigurationKeys.accountsSection).\(name)"
        let place = elements[section]?.first
        for key in ["baseURL", "userId", "tokenFile"] where !isSet("\(section).\(key)") {
            report(
                .required(because: "every account has it"),
                of: "\(section).\(key)",
                at: place
            )
        }
        let account = configuration.accounts[name]
        for (first, max, span) in [
            ("poll.first", "poll.max", account.poll), ("retry.first", "retry.max", account.retry),
        ] where span.max < span.first && isSound("\(section).\(first)", "\(section).\(max)") {
            let key = isSet("\(section).\(max)") ? max : first
            report(
                .conflict("\(max) (\(span.max)) is below \(first) (\(span.first))"),
                of: "\(section).\(key)"
            )
        }
        readToken(of: name, section)
    }

    private mutating func readToken(of name: String, _ section: String) {
        let key = "\(section).tokenFile"
        guard isSet(key), isSound(key),
            let secret = readSecret(configuration.accounts[name].tokenFile, of: key)
        else { return }
        let path = configuration.accounts[name].tokenFile
        let credentials = inputs.environment["CREDENTIALS_DIRECTORY"]
        configuration.accounts[name].token = { [folder = folder(of: key)] in
            (try? SecretFile(at: path, credentials: credentials, folder: folder))?.secret ?? secret
        }
    }
}
