extension Call {
    /// The key under which the call has its effect once, however often it is made.
    var idempotencyKey: String? {
        headers.first { $0.name == Self.keyHeader }?.value
    }

    /// Gives the call a key: the one named, else one no other call has.
    func withKey(_ key: String? = nil) -> Call {
        if key == nil, idempotencyKey != nil { return self }
        return with(header: Self.keyHeader, key ?? Self.mintKey())
    }

    /// 128 random bits: no two calls share them.
    private static func mintKey() -> String {
        "campaignctl-"
            + [UInt64.random(in: .min ... .max), .random(in: .min ... .max)]
            .map { number in
                let digits = String(number, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }.joined()
    }

    private static let keyHeader = "idempotency-key"
}
