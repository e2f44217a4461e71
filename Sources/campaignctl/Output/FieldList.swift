/// Names and values under each other, for people.
struct FieldList {
    private var fields: [(name: String, value: String)] = []

    /// Adds a field; nil is left out.
    mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        fields.append((name, DisplayText.printable(value)))
    }

    /// One line a field, the values in one column.
    var lines: [String] {
        let width = fields.reduce(0) { max($0, DisplayText.width($1.name)) }
        return fields.map { "\(DisplayText.pad($0.name, to: width))  \($0.value)" }
    }
}
