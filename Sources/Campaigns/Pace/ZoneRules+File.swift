extension ZoneRules {
    /// Reads a TZif file's bytes (RFC 8536 section 3); nil if they are none.
    init?(tzif bytes: [UInt8]) {
        var reader = TZifReader(bytes)
        guard let old = reader.header() else { return nil }
        // Version 1 has 32-bit times only; later ones repeat everything with 64-bit times.
        guard old.version >= UInt8(ascii: "2") else {
            self.init(&reader, old, timeBytes: 4)
            return
        }
        reader.skip(old.blockBytes(timeBytes: 4))
        guard let header = reader.header() else { return nil }
        self.init(&reader, header, timeBytes: 8)
    }

    private init?(_ reader: inout TZifReader, _ header: TZifReader.Header, timeBytes: Int) {
        guard header.types > 0, reader.left >= header.blockBytes(timeBytes: timeBytes) else {
            return nil
        }
        let changes = (0..<header.times).map { _ in reader.signed(timeBytes) }
        let types = (0..<header.times).map { _ in Int(reader.unsigned(1)) }
        let offsets = (0..<header.types).map { _ in
            let offset = reader.signed(4)
            reader.skip(2)
            return offset
        }
        guard types.allSatisfy(offsets.indices.contains) else { return nil }
        reader.skip(
            header.characters + header.leaps * (timeBytes + 4) + header.standards
                + header.universals
        )
        let footer = timeBytes == 8 ? reader.footer() : nil
        self.init(
            changes: changes,
            offsets: types.map { offsets[$0] },
            first: offsets[0],
            footer: footer.flatMap { ZoneFooter($0) }
        )
    }
}

/// Takes numbers off the front of a TZif file; the caller checks that they are there.
private struct TZifReader {
    private var rest: ArraySlice<UInt8>

    /// What a block of the file holds (RFC 8536 section 3.1).
    struct Header {
        var version: UInt8
        var universals: Int
        var standards: Int
        var leaps: Int
        var times: Int
        var types: Int
        var characters: Int

        func blockBytes(timeBytes: Int) -> Int {
            times * (timeBytes + 1) + types * 6 + characters + leaps * (timeBytes + 4) + standards
                + universals
        }
    }

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var left: Int { rest.count }

    mutating func header() -> Header? {
        guard left >= 44, rest.prefix(4).elementsEqual("TZif".utf8) else { return nil }
        skip(4)
        let version = UInt8(unsigned(1))
        skip(15)
        let counts = (0..<6).map { _ in Int(unsigned(4)) }
        return Header(
            version: version,
            universals: counts[0],
            standards: counts[1],
            leaps: counts[2],
            times: counts[3],
            types: counts[4],
            characters: counts[5]
        )
    }

    mutating func skip(_ count: Int) {
        rest = rest.dropFirst(count)
    }

    /// A big-endian number of up to four bytes.
    mutating func unsigned(_ count: Int) -> UInt32 {
        defer { skip(count) }
        return rest.prefix(count).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A big-endian number of four or eight bytes in two's complement.
    mutating func signed(_ count: Int) -> Int64 {
        defer { skip(count) }
        let pattern = rest.prefix(count).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        return count == 8
            ? Int64(bitPattern: pattern) : Int64(Int32(truncatingIfNeeded: pattern))
    }

    /// The text between the two line ends that close the file.
    func footer() -> String? {
        guard rest.first == UInt8(ascii: "\n") else { return nil }
        let text = rest.dropFirst().prefix { $0 != UInt8(ascii: "\n") }
        return String(decoding: text, as: UTF8.self)
    }
}
