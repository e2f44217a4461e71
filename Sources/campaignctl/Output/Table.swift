/// Rows under headings, for people.
struct Table {
    /// One column.
    struct Column {
        var title: String
        var isNumber = false
        /// Whether it may be cut when the terminal is too narrow.
        var isFlexible = false

        /// A column of text that is shown whole.
        static func text(_ title: String) -> Column { Column(title: title) }

        /// A column of numbers, aligned to the right.
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }

        /// A column of text that is cut where the terminal is too narrow.
        static func flexible(_ title: String) -> Column { Column(title: title, isFlexible: true) }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; nil is shown as a dash.
    mutating func add(_ cells: [String?]) {
        precondition(cells.count == columns.count, "a row has as many cells as there are columns")
        rows.append(
            cells.map { cell in
                guard let cell, !cell.isEmpty else { return "-" }
                return DisplayText.printable(cell)
            }
        )
    }

    /// The lines, headings first; cut to `width` columns unless nil.
    func lines(width: Int?) -> [String] {
        let widths = columnWidths(within: width)
        let headings = columns.map { $0.title.uppercased() }
        return ([headings] + rows).map { cells in
            var line = ""
            for (index, cell) in cells.enumerated() {
                let cut = DisplayText.cut(cell, to: widths[index])
                line += DisplayText.pad(cut, to: widths[index], right: columns[index].isNumber)
                if index < cells.count - 1 { line += Self.gap }
            }
            while line.last == " " { line.removeLast() }
            return width.map { DisplayText.cut(line, to: $0) } ?? line
        }
    }

    private func columnWidths(within width: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(columns[index].title.count) { max($0, DisplayText.width($1[index])) }
        }
        guard let width else { return widths }
        var excess = widths.reduce(Self.gap.count * (columns.count - 1), +) - width
        while excess > 0 {
            let shrinkable = columns.indices.filter {
                columns[$0].isFlexible && widths[$0] > Self.minimumFlexible
            }
            guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private static let gap = "  "
    /// Columns a flexible column keeps on the narrowest terminal.
    private static let minimumFlexible = 8
}
