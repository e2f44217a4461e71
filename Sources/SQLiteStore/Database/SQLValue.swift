import JobQueue

/// A value that can stand for one `?` of a statement.
///
/// A type of the domain conforms by handing its stored form on (`text.bind(to: &arguments)`); one
/// with a raw value that is already an `SQLValue` needs only to name the protocol.
protocol SQLValue {
    /// Gives exactly one value to `arguments`.
    func bind(to arguments: inout SQLArguments)
}

extension Int64: SQLValue {
    func bind(to arguments: inout SQLArguments) { arguments.append(self) }
}

extension Int: SQLValue {
    func bind(to arguments: inout SQLArguments) { arguments.append(Int64(self)) }
}

extension Bool: SQLValue {
    func bind(to arguments: inout SQLArguments) { arguments.append(self ? 1 : 0 as Int64) }
}

extension Double: SQLValue {
    func bind(to arguments: inout SQLArguments) { arguments.append(self) }
}

extension String: SQLValue {
    func bind(to arguments: inout SQLArguments) { arguments.append(self) }
}

extension [UInt8]: SQLValue {
    func bind(to arguments: inout SQLArguments) { arguments.append(self) }
}

extension Timestamp: SQLValue {
    func bind(to arguments: inout SQLArguments) { arguments.append(milliseconds) }
}

extension Optional: SQLValue where Wrapped: SQLValue {
    func bind(to arguments: inout SQLArguments) {
        switch self {
        case .some(let value): value.bind(to: &arguments)
        case .none: arguments.appendNull()
        }
    }
}

extension SQLValue where Self: RawRepresentable, RawValue: SQLValue {
    func bind(to arguments: inout SQLArguments) { rawValue.bind(to: &arguments) }
}
