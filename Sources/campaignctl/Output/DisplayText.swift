/// Text as a terminal shows it.
enum DisplayText {
    /// The text on one line, without anything a terminal would obey.
    ///
    /// What recipients, providers and campaign files wrote must not move the cursor, colour the
    /// screen or turn the direction of the text.
    static func printable(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0a, 0x0d: result.append(" ")
            case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069:
                result.append("\u{fffd}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// The columns the text takes on a terminal.
    static func width(_ text: some StringProtocol) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 }
            ? text.utf8.count : text.reduce(0) { $0 + width(of: $1) }
    }

    /// The text cut to `limit` columns, with an ellipsis where something is missing.
    static func cut(_ text: String, to limit: Int) -> String {
        guard width(text) > limit else { return text }
        guard limit > 0 else { return "" }
        var result = ""
        var used = 1
        for character in text {
            used += width(of: character)
            if used > limit { break }
            result.append(character)
        }
        return result + "…"
    }

    /// The text filled up with spaces to `width` columns.
    static func pad(_ text: String, to width: Int, right: Bool = false) -> String {
        let fill = String(repeating: " ", count: max(0, width - Self.width(text)))
        return right ? fill + text : text + fill
    }

    /// The number with commas between thousands.
    static func count(_ number: Int64) -> String {
        let digits = String(number.magnitude)
        var result = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return number < 0 ? "-" + result : result
    }

    /// "1 job", "2 jobs".
    static func count(_ number: Int64, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// "4.2 MB", by powers of ten.
    static func bytes(_ number: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var tenths = number.magnitude * 10
        var unit = 0
        while tenths >= 10_000, unit < units.count - 1 {
            tenths /= 1_000
            unit += 1
        }
        let fraction = unit > 0 && tenths < 1_000 ? ".\(tenths % 10)" : ""
        return "\(tenths / 10)\(fraction) \(units[unit])"
    }

    private static func width(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.properties.generalCategory == .nonspacingMark { return 0 }
        return wideRanges.contains { $0.contains(first.value) } ? 2 : 1
    }

    /// The blocks of Unicode's EastAsianWidth.txt whose characters are wide, joined where the gaps
    /// between them are unassigned.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff,
        0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f,
        0x1f680...0x1f6ff, 0x1f900...0x1f9ff, 0x20000...0x3fffd,
    ]
}
