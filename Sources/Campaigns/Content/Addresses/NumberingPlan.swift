extension PhoneNumber {
    /// Where a number written without its country code is dialled from (ISO 3166-1 alpha-2).
    ///
    /// Those are supported whose plans a few rules tell: no other is guessed at.
    package enum Region: String, CaseIterable, Codable, Sendable {
        case unitedStates = "US"
        case canada = "CA"
        case austria = "AT"
        case australia = "AU"
        case belgium = "BE"
        case switzerland = "CH"
        case germany = "DE"
        case denmark = "DK"
        case spain = "ES"
        case finland = "FI"
        case france = "FR"
        case unitedKingdom = "GB"
        case ireland = "IE"
        case india = "IN"
        case netherlands = "NL"
        case norway = "NO"
        case newZealand = "NZ"
        case poland = "PL"
        case portugal = "PT"
        case sweden = "SE"
        case southAfrica = "ZA"
        /// Numbers without a country code are refused.
        case unspecified = "none"

        /// The digits with the country code in front.
        func international(_ digits: [UInt8]) throws(PhoneNumberError) -> [UInt8] {
            guard let plan = NumberingPlan.byRegion[self] else { throw .countryCode }
            return try plan.international(digits)
        }
    }
}

/// How the numbers of a country are written.
struct NumberingPlan: Sendable {
    /// The country code.
    let code: String
    /// Whether a zero is dialled before a number inside the country, and only there.
    let hasTrunkZero: Bool
    /// How many digits follow the country code.
    let lengths: ClosedRange<Int>

    /// The plans of the regions, as the ITU publishes them (itu.int/oth/T0202).
    static let byRegion: [PhoneNumber.Region: NumberingPlan] = [
        .unitedStates: NumberingPlan(code: "1", hasTrunkZero: false, lengths: 10...10),
        .canada: NumberingPlan(code: "1", hasTrunkZero: false, lengths: 10...10),
        .austria: NumberingPlan(code: "43", hasTrunkZero: true, lengths: 7...13),
        .australia: NumberingPlan(code: "61", hasTrunkZero: true, lengths: 9...9),
        .belgium: NumberingPlan(code: "32", hasTrunkZero: true, lengths: 8...9),
        .switzerland: NumberingPlan(code: "41", hasTrunkZero: true, lengths: 9...9),
        .germany: NumberingPlan(code: "49", hasTrunkZero: true, lengths: 6...13),
        .denmark: NumberingPlan(code: "45", hasTrunkZero: false, lengths: 8...8),
        .spain: NumberingPlan(code: "34", hasTrunkZero: false, lengths: 9...9),
        .finland: NumberingPlan(code: "358", hasTrunkZero: true, lengths: 6...11),
        .france: NumberingPlan(code: "33", hasTrunkZero: true, lengths: 9...9),
        .unitedKingdom: NumberingPlan(code: "44", hasTrunkZero: true, lengths: 9...10),
        .ireland: NumberingPlan(code: "353", hasTrunkZero: true, lengths: 7...10),
        .india: NumberingPlan(code: "91", hasTrunkZero: true, lengths: 10...10),
        .netherlands: NumberingPlan(code: "31", hasTrunkZero: true, lengths: 9...9),
        .norway: NumberingPlan(code: "47", hasTrunkZero: false, lengths: 8...8),
        .newZealand: NumberingPlan(code: "64", hasTrunkZero: true, lengths: 8...10),
        .poland: NumberingPlan(code: "48", hasTrunkZero: false, lengths: 9...9),
        .portugal: NumberingPlan(code: "351", hasTrunkZero: false, lengths: 9...9),
        .sweden: NumberingPlan(code: "46", hasTrunkZero: true, lengths: 7...10),
        .southAfrica: NumberingPlan(code: "27", hasTrunkZero: true, lengths: 9...9),
    ]

    private static let byCode = Dictionary(byRegion.values.map { ($0.code, $0) }) { first, _ in
        first
    }

    /// The country codes that are given out (ITU-T E.164, annex of 2023).
    private static let codes = Set(
        """
        1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63
        64 65 66 81 82 84 86 90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227
        228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 244 245 246 247 248 249 250
        251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299
        350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383
        385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595
        596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690
        691 692 800 808 850 852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965
        966 967 968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998
        """.split(whereSeparator: \.isWhitespace).map(String.init)
    )

    /// The plan of a number with its country code; nil where no region stands for it.
    ///
    /// Throws where no country has the code.
    static func of(_ digits: [UInt8]) throws(PhoneNumberError) -> NumberingPlan? {
        for length in 1...3 {
            let code = String(decoding: digits.prefix(length), as: UTF8.self)
            if codes.contains(code) { return byCode[code] }
        }
        throw .countryCode
    }

    /// Checks a number with its country code.
    func check(_ digits: [UInt8]) throws(PhoneNumberError) {
        let national = digits.dropFirst(code.utf8.count)
        if hasTrunkZero, national.first == UInt8(ascii: "0") { throw .trunkPrefix }
        // The North American rule says more about its numbers.
        guard lengths.contains(national.count) || code == "1" else { throw .length(digits.count) }
    }

    /// A number as it is written in the country, with the country code in front.
    ///
    /// Without its zero a number of a country that dials one, and one that begins with the country
    /// code, could be two things: they are refused.
    func international(_ digits: [UInt8]) throws(PhoneNumberError) -> [UInt8] {
        if code == "1", digits.count == 11, digits.first == UInt8(ascii: "1") { return digits }
        var national = digits[...]
        if hasTrunkZero {
            guard national.popFirst() == UInt8(ascii: "0") else { throw .countryCode }
        }
        guard lengths.contains(national.count), national.first != UInt8(ascii: "0") || code == "1"
        else { throw .countryCode }
        return Array(code.utf8) + national
    }
}
