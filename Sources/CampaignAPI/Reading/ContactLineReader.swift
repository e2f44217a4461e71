import APITypes
import Campaigns

/// Reads contacts from NDJSON: `email`, `phone` and `timezone`, and other members as variables.
struct ContactLineReader {
    private var checker: ContactChecker

    init(channel: Channel?, region: PhoneNumber.Region) {
        checker = ContactChecker(channel: channel, region: region)
    }

    /// The contact of a line, or why it is none.
    mutating func contact(of line: LineReader.Line) -> Result<NewContact, RejectedRow> {
        do {
            return checker.contact(of: try line.fields(), line: line.number)
        } catch {
            return .failure(error)
        }
    }
}

extension LineReader.Line {
    /// The members of the JSON object on the line as text, as they would stand in a CSV file.
    ///
    /// Absent and empty are the same.
    func fields() throws(RejectedRow) -> [String: String] {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw RejectedRow(
                line: number,
                reason: "is not JSON: column \(error.column): \(error.message)"
            )
        }
        guard case .object(let members) = value else {
            throw RejectedRow(line: number, reason: "is \(value.kind), not an object")
        }
        var fields: [String: String] = [:]
        for (name, value) in members {
            switch value {
            case .null: continue
            case .string(let text): fields[name] = text
            case .integer(let integer): fields[name] = "\(integer)"
            case .number(let double): fields[name] = "\(double)"
            case .bool(let flag): fields[name] = "\(flag)"
            case .array, .object:
                throw RejectedRow(
                    line: number,
                    reason: "has \(value.kind) in \(name.excerpt)"
                )
            }
        }
        return fields
    }
}
