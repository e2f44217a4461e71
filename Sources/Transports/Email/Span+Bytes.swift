import Glibc

extension Span<UInt8> {
    /// Where the byte first occurs, found at the speed of memory.
    func firstIndex(of byte: UInt8) -> Int? {
        withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress,
                let found = memchr(start, Int32(byte), bytes.count)
            else { return nil }
            return UnsafeRawPointer(found) - start
        }
    }

    /// Whether the bytes begin with those of `text`.
    func starts(with text: StaticString) -> Bool {
        withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, bytes.count >= text.utf8CodeUnitCount else {
                return false
            }
            return memcmp(start, text.utf8Start, text.utf8CodeUnitCount) == 0
        }
    }
}
