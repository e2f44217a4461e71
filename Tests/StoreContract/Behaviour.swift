import Testing

/// One sentence of the contract, and the check that a store keeps it.
///
/// A test of a store runs the lists of behaviours, each on a site of its own:
/// `@Test(arguments: ClaimContract.behaviours)`.
package struct Behaviour: Sendable, CustomTestStringConvertible {
    /// What must hold, as the test's name.
    package let sentence: String
    private let check: @Sendable (JobBench) throws -> Void

    init(_ sentence: String, _ check: @escaping @Sendable (JobBench) throws -> Void) {
        self.sentence = sentence
        self.check = check
    }

    package var testDescription: String { sentence }

    /// Checks the behaviour on an empty store, and in the end that its books are in order.
    package func hold(at site: any StoreSite) throws {
        let bench = try JobBench(at: site)
        try check(bench)
        try bench.books().check()
        try bench.close()
    }
}
