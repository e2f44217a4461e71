import JobQueue
import Synchronization

/// Random numbers that are the same for the same seed (SplitMix64).
package final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    /// Makes the sequence of a seed.
    package init(seed: UInt64) {
        state = Mutex(seed)
    }

    package func next() -> Double {
        let bits = state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
        // The upper 53 bits fill a Double's significand exactly.
        return Double(bits >> 11) * 0x1p-53
    }
}

/// Always the same number, for tests that compute with it.
package struct FixedRandom: RandomSource {
    private let value: Double

    /// Makes a source that answers `value`, in 0..<1.
    package init(_ value: Double) {
        precondition((0..<1).contains(value), "a random number lies in 0..<1")
        self.value = value
    }

    package func next() -> Double { value }
}
