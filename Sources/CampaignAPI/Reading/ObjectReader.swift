import APITypes
import Campaigns

/// Every fault found while a request is read: one answer names them all.
final class FaultList {
    private(set) var faults: [FieldFault] = []

    func add(_ field: String, _ message: String) {
        faults.append(FieldFault(field, message))
    }

    /// Throws all faults as one error; does nothing if there are none.
    func check() throws(ServiceError) {
        guard faults.isEmpty else { throw .malformed(faults) }
    }
}

/// Takes the members of a JSON object one by one, and notes what is wrong with each.
///
/// A member that is `null` counts as absent.
struct ObjectReader {
    let path: String
    let faults: FaultList
    private let members: [String: JSONValue]
    private var known: [String] = []

    /// Reads `value`, which lies at `path`; nil where it is no object, which is a fault.
    init?(_ value: JSONValue, at path: String = "", faults: FaultList) {
        guard case .object(let members) = value else {
            faults.add(path, "must be an object, not \(value.kind)")
            return nil
        }
        self.members = members
        self.path = path
        self.faults = faults
    }

    /// The path of a member, as in `settings.email.templateId`.
    func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Notes a fault of a member.
    func fault(_ name: String, _ message: String) {
        faults.add(path(of: name), message)
    }

    /// The member, or nil where it is absent, which is a fault if it is `required`.
    mutating func value(_ name: String, required: Bool = false) -> JSONValue? {
        if !known.contains(name) { known.append(name) }
        let value = members[name]
        if let value, value != .null { return value }
        if required { fault(name, "is missing") }
        return nil
    }

    mutating func string(_ name: String, required: Bool = false) -> String? {
        guard let value = value(name, required: required) else { return nil }
        guard case .string(let text) = value else {
            fault(name, "must be a string, not \(value.kind)")
            return nil
        }
        return text
    }

    mutating func bool(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else {
            fault(name, "must be true or false, not \(value.kind)")
            return nil
        }
        return flag
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.wholeNumber, let integer = Int(exactly: number),
            range.contains(integer)
        else {
            fault(name, "must be \(range.inWords)")
            return nil
        }
        return integer
    }

    mutating func number(_ name: String, in range: ClosedRange<Double>) -> Double? {
        guard let value = value(name) else { return nil }
        let number: Double? =
            switch value {
            case .integer(let integer): Double(integer)
            case .number(let number): number
            default: nil
            }
        guard let number, range.contains(number) else {
            fault(name, "must be a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// An id of 24 hexadecimal digits.
    mutating func objectID(_ name: String, required: Bool = false) -> ObjectID? {
        guard let text = string(name, required: required) else { return nil }
        let id = ObjectID(text)
        if id == nil { fault(name, ObjectID.rule) }
        return id
    }

    /// One of an enumeration's words.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        of type: Choice.Type,
        required: Bool = false
    ) -> Choice? where Choice.RawValue == String {
        guard let text = string(name, required: required) else { return nil }
        let choice = Choice(rawValue: text)
        if choice == nil { fault(name, "must be \(type.inWords), not \(text.excerpt)") }
        return choice
    }

    /// An array's elements, each with its path; nil where it is absent or none.
    mutating func elements(
        _ name: String,
        required: Bool = false,
        upTo maximum: Int
    ) -> [(path: String, value: JSONValue)]? {
        guard let value = value(name, required: required) else { return nil }
        guard case .array(let elements) = value else {
            fault(name, "must be an array, not \(value.kind)")
            return nil
        }
        guard elements.count <= maximum else {
            fault(name, "has \(elements.count) elements; at most \(maximum) are allowed")
            return nil
        }
        return elements.enumerated().map { ("\(path(of: name))[\($0.offset)]", $0.element) }
    }

    /// A nested object.
    mutating func object(_ name: String, required: Bool = false) -> ObjectReader? {
        guard let value = value(name, required: required) else { return nil }
        return ObjectReader(value, at: path(of: name), faults: faults)
    }

    /// Notes each member that nothing asked for: a mistyped name must not be ignored.
    func finish() {
        for name in members.keys.filter({ !known.contains($0) }).sorted() {
            fault(
                String(name.excerpt.dropFirst().dropLast()),
                "is not known here; known are \(known.joined(separator: ", "))"
            )
        }
    }
}

extension JSONValue {
    /// The number, if it has no fraction; 1.0 is 1, as JSON Schema has it.
    var wholeNumber: Int64? {
        switch self {
        case .integer(let integer): integer
        case .number(let number): Int64(exactly: number)
        default: nil
        }
    }
}

extension ObjectID {
    /// What an id must look like, for messages.
    static var rule: String { "must be 24 hexadecimal digits" }
}

extension CaseIterable where Self: RawRepresentable, RawValue == String {
    /// The words, as in `email, sms or voice`.
    static var inWords: String {
        let words = allCases.map(\.rawValue)
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}

extension ClosedRange<Int> {
    /// The range, as in `a whole number from 1 to 9`.
    var inWords: String {
        upperBound == .max
            ? "a whole number of at least \(lowerBound)"
            : "a whole number from \(lowerBound) to \(upperBound)"
    }
}
