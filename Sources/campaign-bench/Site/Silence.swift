import Logging

extension Logger {
    /// The product's own logger, for what goes wrong only: standard output is for figures.
    static var bench: Logger {
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        return logger
    }
}
