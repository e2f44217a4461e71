import Campaigns

/// What an idempotency key may be.
package enum KeyRule {
    static let header = "idempotency-key"

    /// What is wrong with a key; nil if it may be used.
    package static func fault(of key: String) -> String? {
        let isVisible = key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isVisible && (1...IdempotencyKey.maximumLength).contains(key.utf8.count)
            ? nil
            : "must be 1 to \(IdempotencyKey.maximumLength) visible ASCII characters without spaces"
    }
}
