import Foundation

/// The sizes of the specification, for those who have some minutes.
enum LargeTests {
    /// Whether `CAMPAIGND_LARGE_TESTS` is set.
    static let areWanted = ProcessInfo.processInfo.environment["CAMPAIGND_LARGE_TESTS"] != nil
}
