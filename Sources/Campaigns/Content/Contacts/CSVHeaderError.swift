/// Why a CSV file cannot be read at all.
package enum CSVHeaderError: Error, Equatable {
    /// The file has no rows.
    case missing
    /// The first row is not CSV.
    case unreadable(RejectedRow)
    /// A column has no name; columns count from 1.
    case unnamed(column: Int)
    /// A column has a name above `CSVReader.maximumNameBytes`; columns count from 1.
    case nameTooLong(column: Int)
    /// Two columns have this name.
    case duplicate(String)
    /// Contacts of the list need one of these columns, and the header, given last, has none.
    case noColumn([String], header: [String])
}

extension CSVHeaderError: CustomStringConvertible {
    /// What is wrong and what to do about it.
    package var description: String {
        switch self {
        case .missing:
            "the file is empty; its first row names the columns"
        case .unreadable(let row):
            "line \(row.line): the header \(row.reason)"
        case .unnamed(let column):
            "column \(column) of the header has no name; name it or remove the column"
        case .nameTooLong(let column):
            "column \(column) of the header has a name of more than "
                + "\(CSVReader.maximumNameBytes) bytes; shorten it"
        case .duplicate(let name):
            "the header names \(name.excerpt) twice; rename one of them"
        case .noColumn(let names, let header):
            "the header has no column \(names.joined(separator: " or ")), only "
                + "\(header.joined(separator: ",").excerpt); add it, with commas between columns"
        }
    }
}
