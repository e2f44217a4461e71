extension UInt8 {
    /// Whether the byte is a control character of ASCII, with which a header could be broken.
    package var isControl: Bool { self < 0x20 || self == 0x7F }
}
