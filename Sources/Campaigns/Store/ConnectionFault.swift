/// Why another side does not serve us, and what an operator does about it.
package struct ConnectionFault: Sendable, Equatable {
    /// What was seen, without secrets.
    package var reason: String
    /// The next step.
    package var whatToDo: String

    /// Makes a fault.
    package init(_ reason: String, whatToDo: String) {
        self.reason = reason
        self.whatToDo = whatToDo
    }
}
