import Glibc

/// The time zones that this machine knows by their IANA name, such as `Europe/Paris`.
struct TimeZoneNames {
    private let folder: String
    private let hasFolder: Bool
    /// Names seen before; a file has few, and asking the disk for each row would be slow.
    private var known: [String: Bool] = [:]

    private static let maximumKnown = 1_024
    private static let maximumNameBytes = 64

    /// Looks into `folder`; without it a name is only checked for its form.
    init(folder: String = "/usr/share/zoneinfo") {
        self.folder = folder
        hasFolder = access(folder, F_OK) == 0
    }

    /// Whether `name` is a time zone.
    mutating func contains(_ name: String) -> Bool {
        guard Self.isWellFormed(name) else { return false }
        guard hasFolder else { return true }
        if let isKnown = known[name] { return isKnown }
        let exists = Self.isTimeZoneFile(folder + "/" + name)
        if known.count < Self.maximumKnown { known[name] = exists }
        return exists
    }

    /// Letters, digits, `_ + -` and slashes between them: nothing that leads out of the folder.
    static func isWellFormed(_ name: String) -> Bool {
        let pieces = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return name.utf8.count <= maximumNameBytes
            && pieces.allSatisfy { !$0.isEmpty && $0.allSatisfy(isNameByte) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "+", "-": true
        default: false
        }
    }

    /// Whether the file begins with the four bytes of RFC 8536 section 3.1; a folder does not.
    private static func isTimeZoneFile(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var magic: [UInt8] = [0, 0, 0, 0]
        return read(descriptor, &magic, magic.count) == magic.count && magic == Array("TZif".utf8)
    }
}
