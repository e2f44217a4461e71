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
            return checker.contact(of: try fields(of: line), line: line.number)
        } catch {
            return .failure(error)
        }
    }

    /// The members as text, as they would stand in a CSV file; absent and empty are the same.
    private func fields(of line: LineReader.Line) throws(RejectedRow) -> [String: String] {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: line.bytes)
        } catch {
            throw RejectedRow(
                line: line.number,
                reason: "is not JSON: column \(error.column): \(error.message)"
            )
        }
        guard case .object(let members) = value else {
            throw RejectedRow(line: line.number, reason: "is \(value.kind), not an object")
        }
        var fields: [String: String] = [:]
        for (name, value) in members {
            switch value {
            case .null: continue
            case .string(let text): fields[name] = text
            case .integer(let integer): fields[name] = "\(integer)"
            case .number(let number): fields[name] = "\(number)"
            case .bool(let flag): fields[name] = "\(flag)"
            case .array, .object:
                throw RejectedRow(
                    line: line.number,
                    reason: "has \(value.kind) in \(name.excerpt)"
                )
            }
        }
        return fields
    }
}
