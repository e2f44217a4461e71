extension DaemonConfiguration {
    /// The keys whose values differ from another configuration's, in the order of the table; last,
    /// those whose file has another content.
    ///
    /// Accounts' tokens are left out: they are read anew as they are needed.
    package func keys(unlike other: DaemonConfiguration) -> [String] {
        let keys = ConfigurationKeys.all(tokens: 0)
            .filter { $0.written(self) != $0.written(other) }.map(\.path)
        let contents = zip(secrets, other.secrets)
            .filter { $0.secret?.reveal() != $1.secret?.reveal() }.map(\.0.key)
            .filter { !keys.contains($0) }
        return keys + contents + (http.tokens == other.http.tokens ? [] : ["http.tokens"])
    }

    /// What files hold, each by the key that names the file; always the same keys.
    private var secrets: [(key: String, secret: Secret?)] {
        let channels = [
            ("email", transports.email), ("sms", transports.sms), ("voice", transports.voice),
        ]
        let ofTransports = channels.flatMap { channel, transport in
            [
                ("passwordFile", [.smtp, .kannel]), ("authTokenFile", [.twilio]),
                ("secretFile", [.webhook]),
            ].map { (key: String, kinds: [TransportConfiguration.Kind]) in
                (
                    key: "transports.\(channel).\(key)",
                    secret: kinds.contains(transport.kind) ? transport.secret : nil
                )
            }
        }
        return ofTransports + [
            ("http.linkKeyFile", http.linkKey),
            ("optOut.inboundSecretFile", optOut.inboundSecret),
            ("events.secretFile", events.secret),
        ]
    }
}

extension TransportConfiguration {
    fileprivate var secret: Secret? { kind == .smtp ? smtp.password : gateway.secret }
}

extension TokenConfiguration: Equatable {
    package static func == (one: TokenConfiguration, other: TokenConfiguration) -> Bool {
        one.user == other.user && one.token.reveal() == other.token.reveal()
    }
}
