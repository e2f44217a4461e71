package import JobQueue
import Synchronization

/// The id of a campaign, template or contact list: 24 lower-case hexadecimal digits, of which the
/// first eight are the second of its making (the ObjectId layout of the seed's API).
package struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    /// Reads an id; nil unless it is 24 hexadecimal digits.
    ///
    /// Letter case is folded.
    package init?(_ text: String) {
        guard text.utf8.count == 24, text.utf8.allSatisfy(\.isHexadecimalDigit) else { return nil }
        description = text.lowercased()
    }

    fileprivate init(second: UInt32, process: UInt64, counter: UInt32) {
        let digits = Array("0123456789abcdef".utf8)
        description = String(unsafeUninitializedCapacity: 24) { buffer in
            var position = 0
            func append(_ value: UInt64, bytes: Int) {
                for nibble in stride(from: bytes * 8 - 4, through: 0, by: -4) {
                    buffer[position] = digits[Int(value >> UInt64(nibble) & 15)]
                    position += 1
                }
            }
            append(UInt64(second), bytes: 4)
            append(process, bytes: 5)
            append(UInt64(counter), bytes: 3)
            return 24
        }
    }

    package static func < (left: ObjectID, right: ObjectID) -> Bool {
        left.description < right.description
    }
}

/// Mints ids that no other process and no other call mints.
package final class ObjectIDMinter: Sendable {
    private let process = UInt64.random(in: 0..<(1 << 40))
    private let counter = Atomic<UInt32>(UInt32.random(in: 0..<(1 << 24)))

    /// Makes a minter with five random bytes of its own.
    package init() {}

    /// A new id that bears the second of `now`.
    package func mint(at now: Timestamp) -> ObjectID {
        let count = counter.wrappingAdd(1, ordering: .relaxed).newValue
        return ObjectID(
            second: UInt32(truncatingIfNeeded: now.milliseconds / 1_000),
            process: process,
            counter: count & 0xff_ffff
        )
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
