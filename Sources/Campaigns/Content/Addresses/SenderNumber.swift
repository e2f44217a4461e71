/// What an SMS or a call comes from: a phone number, or a short code for SMS.
package enum SenderNumber: Hashable, Sendable {
    /// Three to eight digits that the carriers of one country have given out.
    case shortCode(String)
    /// A full number, also when it was written without its country code.
    case number(PhoneNumber)

    /// How many digits a short code has.
    package static let shortCodeDigits = 3...8

    /// Reads a short code or a phone number.
    package init(
        _ text: String,
        region: PhoneNumber.Region = .unitedStates
    ) throws(PhoneNumberError) {
        let isShortCode =
            Self.shortCodeDigits.contains(text.utf8.count)
            && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        self = isShortCode ? .shortCode(text) : .number(try PhoneNumber(text, region: region))
    }

    /// The digits of a short code, or a number in E.164 form.
    package var normalised: String {
        switch self {
        case .shortCode(let digits): digits
        case .number(let number): number.e164
        }
    }
}
