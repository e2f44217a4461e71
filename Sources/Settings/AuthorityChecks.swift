import Glibc

extension ConfigurationReader {
    /// Checks the files of authorities to trust, of transports and accounts.
    mutating func checkAuthorities() {
        for (channel, field) in [
            ("email", \DaemonConfiguration.transports.email.caFile),
            ("sms", \.transports.sms.caFile), ("voice", \.transports.voice.caFile),
        ] {
            checkAuthorities("transports.\(channel).caFile", field)
        }
        for name in configuration.accounts.names {
            checkAuthorities(
                "\(ConfigurationKeys.accountsSection).\(name).caFile",
                \.accounts[name].caFile
            )
        }
    }

    private mutating func checkAuthorities(
        _ key: String,
        _ field: WritableKeyPath<DaemonConfiguration, String?>
    ) {
        guard let path = configuration[keyPath: field] else { return }
        let file = FilePath.join(folder(of: key), path)
        configuration[keyPath: field] = file
        if access(file, R_OK) != 0 {
            report(.unreadable("\(file): \(String(cString: strerror(errno)))"), of: key)
        }
    }
}
