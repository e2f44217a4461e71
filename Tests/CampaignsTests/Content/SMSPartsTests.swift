import Testing

@testable import Campaigns

@Suite("SMS parts", .timeLimit(.minutes(10)))
struct SMSPartsTests {
    private static let euro = "€"
    private static let smile = "😀"

    private static func text(_ count: Int, of character: String) -> String {
        String(repeating: character, count: count)
    }

    @Test(
        "parts are counted as networks do",
        arguments: [
            ("", .gsm7, 0, 0),
            ("a", .gsm7, 1, 1),
            (text(160, of: "a"), .gsm7, 160, 1),
            (text(161, of: "a"), .gsm7, 161, 2),
            (text(306, of: "a"), .gsm7, 306, 2),
            (text(307, of: "a"), .gsm7, 307, 3),
            (text(80, of: euro), .gsm7, 160, 1),
            (text(81, of: euro), .gsm7, 162, 2),
            // 76 escapes fill 152 of 153 septets, so the 153rd and 305th stay empty.
            (text(152, of: euro), .gsm7, 304, 2),
            (text(153, of: euro), .gsm7, 306, 3),
            (text(152, of: "a") + euro + text(151, of: "a"), .gsm7, 305, 2),
            (text(152, of: "a") + euro + text(152, of: "a"), .gsm7, 306, 3),
            (text(70, of: "я"), .ucs2, 70, 1),
            (text(71, of: "я"), .ucs2, 71, 2),
            (text(134, of: "я"), .ucs2, 134, 2),
            (text(135, of: "я"), .ucs2, 135, 3),
            (text(35, of: smile), .ucs2, 70, 1),
            (text(36, of: smile), .ucs2, 72, 2),
            // 33 emoji fill 66 of 67 units.
            (text(66, of: smile), .ucs2, 132, 2),
            (text(67, of: smile), .ucs2, 134, 3),
        ] as [(String, SMSParts.Encoding, Int, Int)]
    )
    func counts(text: String, encoding: SMSParts.Encoding, units: Int, count: Int) {
        let parts = SMSParts(text)
        #expect(parts.encoding == encoding)
        #expect(parts.units == units)
        #expect(parts.count == count)
    }

    @Test("the default alphabet has 127 characters, and nine more behind an escape")
    func alphabet() {
        let basic =
            "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
            + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
        let escaped = "\u{0C}^{}\\[~]|€"
        #expect(basic.unicodeScalars.count == 127)
        let plane = (UInt32(0)...0xFFFF).compactMap(Unicode.Scalar.init)
        let single = plane.filter { GSMAlphabet.septets(of: $0) == 1 }
        let double = plane.filter { GSMAlphabet.septets(of: $0) == 2 }
        #expect(Set(single) == Set(basic.unicodeScalars))
        #expect(Set(double) == Set(escaped.unicodeScalars))
    }

    @Test("the first character outside the default alphabet is reported")
    func firstOutside() {
        #expect(SMSParts("Grüße").firstOutsideGSM == nil)
        #expect(SMSParts("it’s “fine”").firstOutsideGSM == "\u{2019}")
        #expect(SMSParts("ç").firstOutsideGSM == "ç")
        #expect(SMSParts("e\u{301}").firstOutsideGSM == "\u{301}")
    }
}
