/// Configurations as an operator writes them.
enum Configuration {
    /// Everything to files.
    static let spool = "logLevel: debug\n"

    /// Email to the scripted server.
    static func smtp(
        port: UInt16,
        maxConnections: Int = 8,
        inDoubt: String = "resend",
        retry: String = "{ first: 50ms, max: 200ms, attempts: 20, giveUpAfter: 2d }"
    ) -> String {
        """
        transports:
          email:
            kind: smtp
            host: 127.0.0.1
            port: \(port)
            tls: none
            maxConnections: \(maxConnections)
            inDoubt: \(inDoubt)
            retry: \(retry)
        """
    }
}
