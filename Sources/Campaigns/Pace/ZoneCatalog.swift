import Glibc
import Synchronization

/// The rules of the time zones that were asked for, read from the machine's time zone data.
package final class ZoneCatalog: Sendable {
    private let folder: String
    // Nil: there is no such zone. A name comes from a contact, so that their number is bounded.
    private let known = Mutex<[String: ZoneRules?]>([:])

    /// Reads the zones in `folder`.
    package init(folder: String = "/usr/share/zoneinfo") {
        self.folder = folder
    }

    /// Whether the machine knows the zone.
    package func contains(_ name: String) -> Bool { rules(of: name) != nil }

    /// The rules of a zone by its IANA name; nil if the machine knows none.
    func rules(of name: String) -> ZoneRules? {
        known.withLock { known in
            if let rules = known[name] { return rules }
            let rules = read(name)
            if known.count >= Self.maximumKnown { known = [:] }
            known[name] = .some(rules)
            return rules
        }
    }

    private func read(_ name: String) -> ZoneRules? {
        guard TimeZoneNames.isWellFormed(name) else { return nil }
        let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.maximumBytes)
        var count = 0
        while count < bytes.count {
            let taken = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            guard taken >= 0 else { return nil }
            if taken == 0 { break }
            count += taken
        }
        return ZoneRules(tzif: Array(bytes.prefix(count)))
    }

    /// The largest file of the data is below 4 kB.
    private static let maximumBytes = 65_536
    private static let maximumKnown = 1_024
}
