/// How recipients opt out by what they write back.
package struct OptOutConfiguration: Sendable {
    /// The file of `words`; nil for the daemon's own.
    package var wordsFile: String?
    /// The content of the words' file.
    package internal(set) var words: [UInt8]?
    /// The file of `inboundSecret`.
    var inboundSecretFile: String?
    /// The secret part of the path that gateways deliver to; nil where none may.
    package internal(set) var inboundSecret: Secret?
}

extension ConfigurationReader {
    /// Reads the files that opting out needs.
    mutating func readOptOut() {
        let (words, secret) = ("optOut.wordsFile", "optOut.inboundSecretFile")
        if isSound(words), let path = configuration.optOut.wordsFile {
            do throws(FileContents.Failure) {
                let place = FilePath.join(folder(of: words), path)
                let contents = try FileContents(of: place, bytesMax: Self.wordsBytesMax)
                configuration.optOut.words = contents.bytes
            } catch {
                report(.unreadable("\(error)"), of: words)
            }
        }
        if isSound(secret), let path = configuration.optOut.inboundSecretFile {
            configuration.optOut.inboundSecret = readSecret(path, of: secret)
        }
    }

    private static let wordsBytesMax = 1_000_000
}
