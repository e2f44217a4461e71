extension ConfigurationReader {
    /// Checks the one transport that speaks to a server, and reads its password.
    mutating func checkTransports() {
        guard configuration.transports.email.kind == .smtp else { return }
        let section = "transports.email"
        let smtp = configuration.transports.email.smtp
        if !isSet("\(section).host") {
            let reason = "kind is smtp"
            report(
                .required(because: reason),
                of: "\(section).host",
                at: source(of: "\(section).kind")
            )
        }
        checkCredentials(smtp, in: section)
    }

    private mutating func checkCredentials(_ smtp: SMTPConfiguration, in section: String) {
        let (username, passwordFile) = ("\(section).username", "\(section).passwordFile")
        guard isSound(username, passwordFile) else { return }
        switch (smtp.username, smtp.passwordFile) {
        case (nil, nil): return
        case (_?, nil):
            report(
                .required(because: "username is set"),
                of: passwordFile,
                at: source(of: username)
            )
        case (nil, _?):
            report(
                .required(because: "passwordFile is set"),
                of: username,
                at: source(of: passwordFile)
            )
        case (_?, let path?):
            configuration.transports.email.smtp.password = readSecret(path, of: passwordFile)
            if smtp.tls == .none, !Host.isLoopback(smtp.host) {
                warn("with tls: none the password crosses the network unprotected", of: username)
            }
        }
    }
}
