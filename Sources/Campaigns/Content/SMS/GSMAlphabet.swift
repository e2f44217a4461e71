/// The default alphabet of SMS (3GPP TS 23.038 section 6.2.1, once GSM 03.38).
enum GSMAlphabet {
    /// The septets that a character takes: 1, 2 (behind an escape), or nil where it has none.
    static func septets(of scalar: Unicode.Scalar) -> Int? {
        if scalar.value < 0x80 { return septets(ofASCII: scalar) }
        if scalar == "€" { return 2 }
        return others.contains(scalar) ? 1 : nil
    }

    private static func septets(ofASCII scalar: Unicode.Scalar) -> Int? {
        switch scalar {
        case "\n", "\r": 1
        case "\u{0C}", "^", "{", "}", "\\", "[", "~", "]", "|": 2
        case "`", "\u{7F}", "\u{00}"..<" ": nil
        default: 1
        }
    }

    /// The characters of the table outside ASCII.
    private static let others = Set("£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà".unicodeScalars)
}
