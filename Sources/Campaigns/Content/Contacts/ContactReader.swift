/// Reads a CSV file of contacts: columns `email`, `phone` and `timezone` (in any case), and others
/// that become variables.
package struct ContactReader {
    /// Takes each contact as it is read; what it throws ends the reading.
    package typealias Handler = (Result<ContactRow, RejectedRow>) throws -> Void

    private var csv = CSVReader()
    private var parser: ContactParser

    /// Makes a reader for a list typed with `channel`, or for an untyped one.
    ///
    /// Each contact needs an address for the channel; in an untyped list, an email address or a
    /// phone. `region` tells how to read phones without country code.
    package init(channel: Channel?, region: PhoneNumber.Region = .unitedStates) {
        parser = ContactParser(channel: channel, region: region)
    }

    /// Reads a chunk of the file and hands over the contacts that end in it.
    ///
    /// Throws `CSVHeaderError`, or what `handler` throws.
    package mutating func feed(_ chunk: UnsafeRawBufferPointer, row handler: Handler) throws {
        try Self.feed(chunk, &csv, &parser, handler)
    }

    /// Hands over a last contact that no line end closes; to be called once.
    ///
    /// Throws `CSVHeaderError`, also for a file of nothing but a wrong header, or what `handler`
    /// throws.
    package mutating func finish(row handler: Handler) throws {
        try Self.finish(&csv, &parser, handler)
        if let header = csv.header { try parser.check(header) }
    }

    // Static, so that the row handler may change the parser while the reader is at work.
    private static func feed(
        _ chunk: UnsafeRawBufferPointer,
        _ csv: inout CSVReader,
        _ parser: inout ContactParser,
        _ handler: Handler
    ) throws {
        try csv.feed(chunk) { try handler(try parser.contact(of: $0)) }
    }

    private static func finish(
        _ csv: inout CSVReader,
        _ parser: inout ContactParser,
        _ handler: Handler
    ) throws {
        try csv.finish { try handler(try parser.contact(of: $0)) }
    }
}
