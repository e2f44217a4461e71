/// Turns the cells of a row into the fields of a contact.
struct ContactParser {
    private let channel: Channel?
    private let region: PhoneNumber.Region
    private var zones = TimeZoneNames()
    private var columns: ContactColumns?

    init(channel: Channel?, region: PhoneNumber.Region) {
        self.channel = channel
        self.region = region
    }

    /// Checks that the header has what the list needs; it stays the same for the whole file.
    mutating func check(_ header: [String]) throws(CSVHeaderError) {
        _ = try columns(under: header)
    }

    /// The contact, or the reason why the row is none.
    mutating func contact(
        of row: Result<CSVRow, RejectedRow>
    ) throws(CSVHeaderError) -> Result<ContactRow, RejectedRow> {
        switch row {
        case .failure(let rejected): return .failure(rejected)
        case .success(let row):
            let columns = try columns(under: row.header)
            do throws(CellFault) {
                return .success(try contact(of: row, columns))
            } catch {
                return .failure(RejectedRow(line: row.line, reason: error.reason))
            }
        }
    }

    private mutating func columns(
        under header: [String]
    ) throws(CSVHeaderError) -> ContactColumns {
        if let columns { return columns }
        let columns = try ContactColumns(header, for: channel)
        self.columns = columns
        return columns
    }

    private mutating func contact(
        of row: CSVRow,
        _ columns: ContactColumns
    ) throws(CellFault) -> ContactRow {
        let contact = ContactRow(
            line: row.line,
            email: try email(in: row, columns.email),
            phone: try phone(in: row, columns.phone),
            timezone: try timezone(in: row, columns.timezone),
            variables: variables(in: row, columns.variables)
        )
        switch channel {
        case .email where contact.email == nil: throw CellFault(reason: "has no email")
        case .sms where contact.phone == nil, .voice where contact.phone == nil:
            throw CellFault(reason: "has no phone")
        case nil where contact.email == nil && contact.phone == nil:
            throw CellFault(reason: "has neither email nor phone")
        default: return contact
        }
    }

    private func email(in row: CSVRow, _ column: Int?) throws(CellFault) -> EmailAddress? {
        guard let value = row.field(column) else { return nil }
        do { return try EmailAddress(value) } catch { throw CellFault("email", value, "\(error)") }
    }

    private func phone(in row: CSVRow, _ column: Int?) throws(CellFault) -> PhoneNumber? {
        guard let value = row.field(column) else { return nil }
        do {
            return try PhoneNumber(value, region: region)
        } catch {
            throw CellFault("phone", value, "\(error)")
        }
    }

    private mutating func timezone(in row: CSVRow, _ column: Int?) throws(CellFault) -> String? {
        guard let value = row.field(column) else { return nil }
        guard zones.contains(value) else {
            throw CellFault("timezone", value, "is not an IANA name such as Europe/Paris")
        }
        return value
    }

    private func variables(
        in row: CSVRow,
        _ columns: [(index: Int, name: String)]
    ) -> [String: String] {
        var variables: [String: String] = [:]
        variables.reserveCapacity(columns.count)
        for column in columns where !row.isBlank(column.index) {
            variables[column.name] = row[column.index]
        }
        return variables
    }
}

/// Which column of a file means what.
private struct ContactColumns {
    let email: Int?
    let phone: Int?
    let timezone: Int?
    let variables: [(index: Int, name: String)]

    init(_ header: [String], for channel: Channel?) throws(CSVHeaderError) {
        let fields = header.map { $0.lowercased() }
        for name in ["email", "phone", "timezone"] where fields.count(where: { $0 == name }) > 1 {
            throw .duplicate(name)
        }
        email = fields.firstIndex(of: "email")
        phone = fields.firstIndex(of: "phone")
        timezone = fields.firstIndex(of: "timezone")
        let taken = [email, phone, timezone]
        variables = header.enumerated().filter { !taken.contains($0.offset) }
            .map { (index: $0.offset, name: $0.element) }
        let needed =
            switch channel {
            case .email: ["email"]
            case .sms, .voice: ["phone"]
            case nil: ["email", "phone"]
            }
        guard needed.contains(where: fields.contains) else {
            throw .noColumn(needed, header: header)
        }
    }
}

/// What is wrong with the fields of a row.
private struct CellFault: Error {
    let reason: String

    init(reason: String) {
        self.reason = reason
    }

    init(_ field: String, _ value: String, _ fault: String) {
        reason = "\(field) \(value.excerpt) \(fault)"
    }
}

extension CSVRow {
    /// The text of a field's cell without spaces around it; nil without column or text.
    fileprivate func field(_ column: Int?) -> String? {
        guard let column, !isBlank(column) else { return nil }
        return String(self[column].trimmingSpaces())
    }
}
