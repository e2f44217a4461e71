/// How whole numbers with a unit behind them are read and written, such as `30s` or `64MB`.
struct UnitScale: Sendable {
    /// The units from the smallest, which counts 1, to the largest.
    let units: [(name: String, size: Int64)]

    static let time = UnitScale(units: [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ])

    /// Powers of ten, as the SI prefixes say.
    static let bytes = UnitScale(units: [
        ("B", 1), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000),
    ])

    /// Reads digits and a unit; nil if either is missing, or the product is beyond 64 bits.
    func read(_ text: String) -> Int64? {
        let digits = text.prefix(while: \.isNumber)
        let unit = text[digits.endIndex...]
        guard let number = digits.wholeNumber,
            let size = units.first(where: { $0.name == unit })?.size
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: size)
        return overflow ? nil : product
    }

    /// Writes a value in the largest unit that divides it.
    func write(_ value: Int64) -> String {
        for unit in units.reversed() where value != 0 && value % unit.size == 0 {
            return "\(value / unit.size)\(unit.name)"
        }
        return "0\(units[0].name)"
    }
}

extension StringProtocol {
    /// The number that the text is in ASCII digits and nothing else, if it fits.
    var wholeNumber: Int64? {
        utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int64(self) : nil
    }
}
