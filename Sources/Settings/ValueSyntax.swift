/// What a key takes: how its text is read, how a value is written, and how both are described.
struct ValueSyntax<Value>: Sendable {
    /// What is allowed, as a noun: `a whole number from 1 to 128`.
    let allowed: String
    /// Whether an error may quote a text that was refused.
    var isShown = true
    /// Whether the file may give it as a list of texts.
    var isList = false
    /// Whether the file may give it as a section of pairs.
    var isPairs = false
    /// The part of a refused text that an error quotes.
    var culprit: @Sendable (String) -> String = { $0 }
    /// Reads a value; nil if the text is none that is allowed.
    let read: @Sendable (String) -> Value?
    let write: @Sendable (Value) -> String
}

extension ValueSyntax {
    /// The same as another syntax, where an empty text stands for nothing.
    static func optional<Wrapped>(_ base: ValueSyntax<Wrapped>) -> Self where Value == Wrapped? {
        Self(
            allowed: base.allowed + ", or empty",
            isShown: base.isShown,
            read: { text in
                if text.isEmpty { return .some(nil) }
                return base.read(text).map { .some($0) }
            },
            write: { value in value.map(base.write) ?? "" }
        )
    }
}

extension ValueSyntax where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        Self(
            allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            read: { $0.wholeNumber.map(Int.init).flatMap { range.contains($0) ? $0 : nil } },
            write: { "\($0)" }
        )
    }
}

extension ValueSyntax where Value == Double {
    /// How often in a second.
    static var rate: Self {
        let range = 0.001...1_000_000.0
        return Self(
            allowed: "a number from 0.001 to 1000000",
            read: { text in
                let isPlain = text.utf8.allSatisfy {
                    $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                }
                guard isPlain, let rate = Double(text), range.contains(rate) else { return nil }
                return rate
            },
            write: { rate in
                Double(Int(rate)) == rate ? "\(Int(rate))" : "\(rate)"
            }
        )
    }
}

extension ValueSyntax where Value == Bool {
    static var flag: Self {
        Self(
            allowed: "true or false",
            read: { ["true": true, "false": false][$0] },
            write: { "\($0)" }
        )
    }
}

extension ValueSyntax where Value == Int {
    /// Minutes after midnight.
    static var timeOfDay: Self {
        Self(
            allowed: "a time of day from 00:00 to 23:59",
            read: { text in
                let parts = text.split(separator: ":", omittingEmptySubsequences: false)
                guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
                    let hour = String(parts[0]).wholeNumber, hour < 24,
                    let minute = String(parts[1]).wholeNumber, minute < 60
                else { return nil }
                return Int(hour * 60 + minute)
            },
            write: { minutes in
                [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
                    .joined(separator: ":")
            }
        )
    }
}

extension ValueSyntax where Value == TimeSpan {
    static func duration(_ range: ClosedRange<TimeSpan>) -> Self {
        Self(
            allowed: "a duration from \(range.lowerBound) to \(range.upperBound)",
            read: { TimeSpan($0).flatMap { range.contains($0) ? $0 : nil } },
            write: { "\($0)" }
        )
    }
}

extension ValueSyntax where Value == Int64 {
    static func bytes(_ range: ClosedRange<Int64>) -> Self {
        let scale = UnitScale.bytes
        let bounds = "\(scale.write(range.lowerBound)) to \(scale.write(range.upperBound))"
        return Self(
            allowed: "a size from \(bounds)",
            read: { scale.read($0).flatMap { range.contains($0) ? $0 : nil } },
            write: scale.write
        )
    }
}

extension ValueSyntax where Value: RawRepresentable<String> & Sendable {
    static func choice(_ cases: some Collection<Value>) -> Self {
        let names = cases.map(\.rawValue)
        return Self(
            allowed: names.count == 1 ? names[0] : "one of " + names.joined(separator: ", "),
            read: { names.contains($0) ? Value(rawValue: $0) : nil },
            write: \.rawValue
        )
    }
}

extension ValueSyntax where Value == UInt32 {
    /// Permission bits, as `chmod` takes them.
    static var fileMode: Self {
        Self(
            allowed: "an octal file mode from 0000 to 0777",
            read: { text in
                guard text.wholeNumber != nil, let mode = UInt32(text, radix: 8), mode <= 0o777
                else { return nil }
                return mode
            },
            write: { "0" + String($0, radix: 8) }
        )
    }
}

extension ValueSyntax where Value == String {
    /// A text without control characters: none can then break a header, a log line or a path.
    static func text(_ noun: String = "a text without control characters") -> Self {
        matching(noun) { text in
            !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        }
    }

    static var path: Self { text("a path") }

    static var host: Self {
        matching("a host name or address without port") { Host.isWellFormed($0) }
    }

    static var region: Self {
        matching("an ISO 3166-1 region of two capitals, such as US") { text in
            text.utf8.count == 2
                && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        }
    }

    /// A URL that paths can be added to; a slash at its end is dropped.
    static var webAddress: Self {
        let base = matching("a URL such as https://mail.example.org, without query") { text in
            let rest = text.wholeMatch(of: /https?:\/\/([^\/?#@]+)(\/[!-~--[?#"<>]]*)?/)
            return rest.map { Host.isWellFormed($0.1.filter { !"[]".contains($0) }) } ?? false
        }
        return Self(
            allowed: base.allowed,
            isShown: true,
            read: { text in
                base.read(text).map { url in url.hasSuffix("/") ? String(url.dropLast()) : url }
            },
            write: { $0 }
        )
    }

    static var timeZone: Self {
        matching("the IANA name of a time zone, such as Europe/Paris") { name in
            name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy { byte in
                        switch UnicodeScalar(byte) {
                        case "a"..."z", "A"..."Z", "0"..."9", "_", "+", "-": true
                        default: false
                        }
                    }
            }
        }
    }

    private static func matching(
        _ noun: String,
        _ holds: @escaping @Sendable (String) -> Bool
    ) -> Self {
        Self(allowed: noun, isShown: false, read: { holds($0) ? $0 : nil }, write: { $0 })
    }
}

extension ValueSyntax where Value == ListenAddress {
    static var listenAddress: Self {
        Self(
            allowed: "an address and port, such as 127.0.0.1:8080 or [::1]:8080",
            isShown: false,
            read: ListenAddress.init,
            write: { "\($0)" }
        )
    }
}

extension ValueSyntax {
    /// Pairs with commas between them, as in `A=B,C=D`; in the file also a section.
    static func pairs<Key: Hashable & Comparable & Sendable, Item: Sendable>(
        _ allowed: String,
        key readKey: @escaping @Sendable (String) -> Key?,
        value readItem: @escaping @Sendable (String) -> Item?,
        written: (key: @Sendable (Key) -> String, value: @Sendable (Item) -> String)
    ) -> Self where Value == [Key: Item] {
        let readPair = { @Sendable (pair: Substring) -> (Key, Item)? in
            let words = pair.split(separator: "=", omittingEmptySubsequences: false)
                .map { String($0.filter { $0 != " " }) }
            guard words.count == 2, let key = readKey(words[0]), let item = readItem(words[1])
            else { return nil }
            return (key, item)
        }
        return Self(
            allowed: "pairs KEY=VALUE with commas between them, each " + allowed,
            isPairs: true,
            culprit: { text in
                text.split(separator: ",").first { readPair($0) == nil }.map(String.init) ?? text
            },
            read: { text in
                let pairs = text.split(separator: ",").map(readPair)
                guard !pairs.contains(where: { $0 == nil }) else { return nil }
                return Dictionary(pairs.compactMap(\.self)) { $1 }
            },
            write: { pairs in
                pairs.sorted { $0.key < $1.key }
                    .map { "\(written.key($0.key))=\(written.value($0.value))" }
                    .joined(separator: ",")
            }
        )
    }
}
