/// The TCP listeners; the Unix socket is always served.
package struct HTTPConfiguration: Sendable {
    /// Where the whole API is served; nil where it is not.
    package var listen: ListenAddress?
    /// Where only receipts and recipients' links are served; nil where they are not.
    package var publicListen: ListenAddress?
    /// The URL by which the world reaches `publicListen`, without a slash at its end; nil where it
    /// does not.
    package var publicURL: String?
    /// The file of `linkKey`; nil where the daemon keeps a key of its own.
    var linkKeyFile: String?
    /// What signs recipients' links, where a file says it.
    package internal(set) var linkKey: Secret?
    /// Who may call over `listen`; empty only where `listen` is a loopback address.
    package var tokens: [TokenConfiguration] = []
    /// The largest request body, in bytes.
    package var maxBodyBytes: Int64 = 64_000_000
}

/// A user of the HTTP API and the token that proves it.
package struct TokenConfiguration: Sendable {
    /// The id of the user that the token stands for.
    package var user = ""
    var file = ""
    /// The content of the token's file.
    package internal(set) var token = Secret("")
}
