extension DaemonConfiguration {
    /// The keys whose values differ from another configuration's, in the order of the table.
    ///
    /// Of secrets only the tokens are compared; another password under the same path is not seen.
    package func keys(unlike other: DaemonConfiguration) -> [String] {
        let keys = ConfigurationKeys.all(tokens: 0)
            .filter { $0.written(self) != $0.written(other) }.map(\.path)
        return http.tokens == other.http.tokens ? keys : keys + ["http.tokens"]
    }
}

extension TokenConfiguration: Equatable {
    package static func == (one: TokenConfiguration, other: TokenConfiguration) -> Bool {
        one.user == other.user && one.token.reveal() == other.token.reveal()
    }
}
