/// Keeps addresses of people out of texts that others write: replies of servers, errors of files.
enum AddressFilter {
    /// What stands in place of an address.
    static let mark = "<address>"

    /// The text with `<address>` for each email address and each phone number with a country code.
    static func hidden(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "+") })
        else { return text }
        var result: [UInt8] = []
        var word: [UInt8] = []
        for byte in text.utf8 {
            if isPartOfAddress(byte) {
                word.append(byte)
            } else {
                result += shown(word)
                result.append(byte)
                word = []
            }
        }
        return String(decoding: result + shown(word), as: UTF8.self)
    }

    private static func shown(_ word: [UInt8]) -> [UInt8] {
        isEmail(word) || isPhone(word) ? Array(mark.utf8) : word
    }

    private static func isEmail(_ word: [UInt8]) -> Bool {
        guard let at = word.firstIndex(of: UInt8(ascii: "@")) else { return false }
        return at > word.startIndex && at < word.endIndex - 1
    }

    /// As E.164 writes them, with or without dots and hyphens between.
    private static func isPhone(_ word: [UInt8]) -> Bool {
        guard word.first == UInt8(ascii: "+") else { return false }
        let digits = word.dropFirst().filter { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }
        return digits.count >= 7
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isPartOfAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
            true
        default: Self.marks.contains(byte)
        }
    }

    /// What else RFC 5321 allows in an address without quotes, but for the equals sign.
    private static let marks = Array("@+.!#$%&'*/?^_`{|}~-".utf8)
}
