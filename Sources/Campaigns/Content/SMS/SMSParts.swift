/// How a text is carried by SMS: its encoding and the number of parts that are sent and charged.
package struct SMSParts: Hashable, Sendable {
    /// How characters are written into a part.
    package enum Encoding: String, CaseIterable, Sendable {
        /// The default alphabet: septets, 160 in a single part and 153 in each of several.
        case gsm7
        /// Everything else: UTF-16 units, 70 in a single part and 67 in each of several.
        case ucs2
    }

    /// The encoding of all parts; one character outside the default alphabet decides.
    package let encoding: Encoding
    /// Septets or UTF-16 units in total.
    package let units: Int
    /// The number of parts; 0 for an empty text.
    package let count: Int
    /// The first character that is not in the default alphabet; nil for `gsm7`.
    package let firstOutsideGSM: Unicode.Scalar?

    /// Counts the parts of a text; linear in its length.
    package init(_ text: String) {
        let scalars = text.unicodeScalars
        firstOutsideGSM = scalars.first { GSMAlphabet.septets(of: $0) == nil }
        let packer: Packer
        if firstOutsideGSM == nil {
            encoding = .gsm7
            packer = Packer(scalars, single: 160, several: 153) { GSMAlphabet.septets(of: $0) ?? 1 }
        } else {
            encoding = .ucs2
            packer = Packer(scalars, single: 70, several: 67) { UTF16.width($0) }
        }
        units = packer.units
        count = packer.parts
    }

    /// The parts a text would have if each character outside the default alphabet were one of it.
    package static func countWithoutStrays(in text: String) -> Int {
        Packer(text.unicodeScalars, single: 160, several: 153) {
            GSMAlphabet.septets(of: $0) ?? 1
        }.parts
    }
}

/// Fills parts one after the other; a character of two units is never split between parts.
private struct Packer {
    private(set) var units = 0
    private(set) var parts = 0

    init(
        _ scalars: String.UnicodeScalarView,
        single: Int,
        several: Int,
        width: (Unicode.Scalar) -> Int
    ) {
        var room = 0
        for scalar in scalars {
            let width = width(scalar)
            units += width
            if width > room {
                parts += 1
                room = several
            }
            room -= width
        }
        if units > 0, units <= single { parts = 1 }
    }
}
