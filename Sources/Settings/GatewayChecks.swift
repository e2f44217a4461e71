extension ConfigurationReader {
    /// Checks the transports that speak to a provider or run a program, and reads their secrets.
    mutating func checkGateways() {
        checkGateway("transports.email", \.transports.email)
        checkGateway("transports.sms", \.transports.sms)
        checkGateway("transports.voice", \.transports.voice)
    }

    private mutating func checkGateway(
        _ section: String,
        _ field: WritableKeyPath<DaemonConfiguration, TransportConfiguration>
    ) {
        let transport = configuration[keyPath: field]
        let gateway = transport.gateway
        let secret: (key: String, path: String?)
        switch transport.kind {
        case .spool, .smtp: return
        case .twilio:
            demand("accountSid", in: section, isThere: gateway.accountSID != nil)
            secret = ("authTokenFile", gateway.authTokenFile)
        case .kannel:
            demand("baseURL", in: section, isThere: gateway.baseURL != nil)
            demand("username", in: section, isThere: gateway.username != nil)
            secret = ("passwordFile", gateway.passwordFile)
        case .webhook:
            demand("url", in: section, isThere: gateway.url != nil)
            secret = ("secretFile", gateway.secretFile)
        case .command:
            return demand("argv", in: section, isThere: !gateway.argv.isEmpty)
        }
        demand(secret.key, in: section, isThere: secret.path != nil)
        guard let path = secret.path, isSound("\(section).\(secret.key)"),
            let text = readSecret(path, of: "\(section).\(secret.key)")
        else { return }
        configuration[keyPath: field].gateway.secret = text
    }

    private mutating func demand(_ key: String, in section: String, isThere: Bool) {
        guard !isThere, isSound("\(section).\(key)") else { return }
        let kind = source(of: "\(section).kind")
        report(.required(because: "its kind needs it"), of: "\(section).\(key)", at: kind)
    }
}
