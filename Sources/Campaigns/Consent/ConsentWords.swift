/// What a recipient's answer says about being written to.
package enum ConsentVerdict: String, Sendable {
    case stop
    case start
}

/// The words by which recipients stop and start messages, in every language that is configured.
///
/// A message counts only if it is such a word and nothing else: `STOP`, `Stop!` and `opt-out` are,
/// `bus stop` is not.
package struct ConsentWords: Sendable, Equatable {
    private var verdicts: [String: ConsentVerdict] = [:]

    /// The words of the Telephone Consumer Protection Act (47 CFR 64.1200(a)(10)), and those that
    /// carriers and providers use beside them.
    package static let standard: ConsentWords = {
        var words = ConsentWords()
        for word in [
            "STOP", "QUIT", "END", "REVOKE", "OPT OUT", "CANCEL", "UNSUBSCRIBE", "STOP ALL",
        ] {
            words.add(word, .stop)
        }
        for word in ["START", "UNSTOP", "OPT IN", "SUBSCRIBE"] { words.add(word, .start) }
        return words
    }()

    private init() {}

    /// Reads a CSV file with the columns `word`, `meaning` (`stop` or `start`) and, for people,
    /// `language`.
    ///
    /// The words stand in place of the standard ones. Throws what is wrong, with the line.
    package init(csv bytes: [UInt8]) throws(ConsentWordsError) {
        var reader = CSVReader()
        var words: [String: ConsentVerdict] = [:]
        let take: CSVReader.Handler = { row in
            let (word, verdict) = try Self.entry(of: try row.get())
            if let other = words.updateValue(verdict, forKey: word), other != verdict {
                throw ConsentWordsError("line \(try row.get().line): the word has two meanings")
            }
        }
        do {
            try bytes.withUnsafeBytes { try reader.feed($0, row: take) }
            try reader.finish(row: take)
        } catch let error as ConsentWordsError {
            throw error
        } catch let row as RejectedRow {
            throw ConsentWordsError("line \(row.line): \(row.reason)")
        } catch {
            throw ConsentWordsError("\(error)")
        }
        guard words.values.contains(.stop) else { throw ConsentWordsError("no word means stop") }
        verdicts = words
    }

    /// What the whole of a message says; nil where it says something else.
    package func verdict(on message: String) -> ConsentVerdict? {
        guard message.utf8.count <= Self.maximumBytes else { return nil }
        return verdicts[Self.normalised(message)]
    }

    private static func entry(of row: CSVRow) throws -> (String, ConsentVerdict) {
        func cell(_ name: String) throws -> String {
            guard let column = row.header.firstIndex(of: name) else {
                throw ConsentWordsError("the header has no column \(name)")
            }
            return row[column]
        }
        guard let verdict = ConsentVerdict(rawValue: try cell("meaning").lowercased()) else {
            throw ConsentWordsError("line \(row.line): the meaning is not stop or start")
        }
        let word = normalised(try cell("word"))
        guard !word.isEmpty else { throw ConsentWordsError("line \(row.line): has no word") }
        return (word, verdict)
    }

    private mutating func add(_ word: String, _ verdict: ConsentVerdict) {
        verdicts[Self.normalised(word)] = verdict
    }

    /// Upper case, letters and digits only: `opt-out`, `Opt out.` and `OPTOUT` are one word.
    private static func normalised(_ text: String) -> String {
        String(text.filter { $0.isLetter || $0.isNumber }).uppercased()
    }

    /// Far above any word with what people write around it.
    private static let maximumBytes = 200
}

/// Why a file of words cannot be used.
package struct ConsentWordsError: Error, CustomStringConvertible {
    /// What is wrong with it.
    package let description: String

    fileprivate init(_ description: String) {
        self.description = description
    }
}
