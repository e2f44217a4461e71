/// A phone number in E.164 form, such as `+19498671145`.
package struct PhoneNumber: Hashable, Sendable {
    /// `+`, country code and number; two spellings are one recipient when these are equal.
    package let e164: String

    /// The fewest and the most digits of a number with its country code (E.164 section 6.2.1).
    package static let digits = 7...15

    /// Reads `+` or `00`, country code and number, or a number as it is written in `region`.
    ///
    /// Spaces, hyphens, dots and round brackets between the digits are passed over. A number of a
    /// country that no region stands for is checked for its length only.
    package init(_ text: String, region: Region = .unitedStates) throws(PhoneNumberError) {
        let spelling = try Spelling(text)
        var digits = spelling.digits
        if !spelling.isInternational { digits = try region.international(digits) }
        guard digits.first != UInt8(ascii: "0") else { throw .countryCode }
        guard Self.digits.contains(digits.count) else { throw .length(digits.count) }
        if digits.first == UInt8(ascii: "1") { try Self.checkNorthAmerican(digits) }
        try NumberingPlan.of(digits)?.check(digits)
        e164 = "+" + String(decoding: digits, as: UTF8.self)
    }

    /// Area code and exchange begin with 2 to 9 (NANP numbering rules).
    private static func checkNorthAmerican(_ digits: [UInt8]) throws(PhoneNumberError) {
        guard digits.count == 11, digits[1] >= UInt8(ascii: "2"), digits[4] >= UInt8(ascii: "2")
        else { throw .northAmerican }
    }
}

extension PhoneNumber: CustomStringConvertible {
    /// The number in E.164 form.
    package var description: String { e164 }
}

/// The digits of a number as it was written.
private struct Spelling {
    var digits: [UInt8] = []
    var isInternational = false

    init(_ text: String) throws(PhoneNumberError) {
        guard text.utf8.count <= Self.maximumBytes else { throw .tooLong }
        for byte in text.utf8 {
            switch UnicodeScalar(byte) {
            case "0"..."9": digits.append(byte)
            case "+" where digits.isEmpty && !isInternational: isInternational = true
            case " ", "-", ".", "(", ")": continue
            default: throw .character
            }
        }
        guard !digits.isEmpty else { throw .empty }
        // +44 (0)20… : the bracketed zero is dialled inside the country only.
        guard !(isInternational && text.contains("(0)")) else { throw .trunkPrefix }
        if !isInternational, digits.starts(with: "00".utf8) {
            isInternational = true
            digits.removeFirst(2)
        }
    }

    /// Far above any number with its separators; keeps work on bad input small.
    private static let maximumBytes = 64
}

/// Why a text is not a phone number, or not a sender.
package enum PhoneNumberError: Error, Equatable {
    case empty
    case tooLong
    case character
    case trunkPrefix
    case countryCode
    case length(Int)
    case northAmerican
}

extension PhoneNumberError: CustomStringConvertible {
    /// What is wrong and what a number needs instead; never the number itself.
    package var description: String {
        switch self {
        case .empty: "has no digits"
        case .tooLong: "is too long to be a phone number"
        case .character: "has a character other than digits, a leading + and the separators - . ( )"
        case .trunkPrefix: "has a zero behind its country code; leave it out"
        case .countryCode: "has no country code; write it with + and the country code"
        case .length(let count):
            "has \(count) digits with its country code; there are \(PhoneNumber.digits.lowerBound) "
                + "to \(PhoneNumber.digits.upperBound)"
        case .northAmerican:
            "is not a North American number: ten digits behind +1, where the area code and the "
                + "exchange begin with 2 to 9"
        }
    }
}
