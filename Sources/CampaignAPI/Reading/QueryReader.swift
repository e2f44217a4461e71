import Campaigns
import JobQueue

/// Takes the query's parameters by the names the route declares, and notes what is wrong with each.
struct QueryReader {
    let faults = FaultList()
    private let parameters: [(name: String, value: String)]
    private let declared: [String]

    /// Notes each parameter the route does not declare: a mistyped filter must not match everything.
    init(_ parameters: [(name: String, value: String)], declared: [String]) {
        self.parameters = parameters
        self.declared = declared
        let known = declared.isEmpty ? "none is" : "known are \(declared.joined(separator: ", "))"
        var seen: Set<String> = []
        for (name, _) in parameters {
            let shown = String(name.excerpt.dropFirst().dropLast())
            if !declared.contains(name) { faults.add(shown, "is not known here; \(known)") }
            if !seen.insert(name).inserted { faults.add(shown, "is given twice") }
        }
    }

    /// The parameter's text; nil where it is absent.
    func string(_ name: String) -> String? {
        precondition(declared.contains(name), "the route does not declare \(name)")
        return parameters.first { $0.name == name }?.value
    }

    func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = string(name) else { return nil }
        guard let integer = Int(text), range.contains(integer) else {
            faults.add(name, "must be \(range.inWords), not \(text.excerpt)")
            return nil
        }
        return integer
    }

    /// The id of a job or message, as a place in a list.
    func cursor(_ name: String) -> Int64? {
        integer(name, in: 0...Int.max).map(Int64.init)
    }

    func flag(_ name: String) -> Bool {
        guard let text = string(name) else { return false }
        if text != "true", text != "false" {
            faults.add(name, "must be true or false, not \(text.excerpt)")
        }
        return text == "true"
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        of type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        guard let text = string(name) else { return nil }
        let choice = Choice(rawValue: text)
        if choice == nil { faults.add(name, "must be \(type.inWords), not \(text.excerpt)") }
        return choice
    }

    /// Words separated by commas.
    func choices<Choice: RawRepresentable & CaseIterable & Hashable>(
        _ name: String,
        of type: Choice.Type
    ) -> Set<Choice> where Choice.RawValue == String {
        guard let text = string(name) else { return [] }
        var choices: Set<Choice> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            if let choice = Choice(rawValue: String(word)) {
                choices.insert(choice)
            } else {
                faults.add(name, "must be \(type.inWords), not \(word.excerpt)")
            }
        }
        return choices
    }

    func objectID(_ name: String) -> ObjectID? {
        guard let text = string(name) else { return nil }
        let id = ObjectID(text)
        if id == nil { faults.add(name, ObjectID.rule) }
        return id
    }

    func instant(_ name: String) -> Timestamp? {
        guard let text = string(name) else { return nil }
        let instant = Timestamp(rfc3339: text)
        if instant == nil { faults.add(name, Self.instantRule) }
        return instant
    }

    /// The instant before which something lies; a bare date takes in its whole day.
    func end(_ name: String) -> Timestamp? {
        let isBareDate = string(name)?.utf8.count == Self.bareDateBytes
        return instant(name).map { isBareDate ? $0 + .seconds(Self.secondsPerDay) : $0 }
    }

    private static let secondsPerDay = 86_400
    private static let bareDateBytes = 10
    private static let instantRule =
        "must be an ISO 8601 date such as 2025-08-28 or 2025-08-28T20:02:20Z"
}

extension QueryReader {
    /// How many rows the client wants; nil where it does not say.
    var limit: Int? { integer("limit", in: PageLimit.range) }
}
