import Crypto
import FoundationEssentials

/// The links by which recipients opt out, signed so that nobody can make one for somebody else.
///
/// A link names its channel, address and message itself, so that it works as long as the key stays
/// the same, whatever was pruned since.
package struct UnsubscribeLinks: Sendable {
    private let root: String
    private let key: SymmetricKey

    /// The variable that templates print the link by.
    package static let variable = "unsubscribeURL"
    /// The first part of the path, below the public URL.
    package static let folder = "u"

    /// Makes the links below a URL that has no slash at its end.
    package init(publicURL: String, key: [UInt8]) {
        root = Self.root(below: publicURL)
        self.key = SymmetricKey(data: key)
    }

    /// The link of a message to a recipient: always the same one.
    package func url(for recipient: RecipientKey, message: Int64) -> String {
        let content = Self.content(recipient, message: message)
        return root + Self.text(of: content + signature(of: content))
    }

    /// A link as long as the one a recipient gets, which opens nothing.
    package static func sample(for recipient: RecipientKey, publicURL: String) -> String {
        let bytes = content(recipient, message: 0).count + signatureBytes
        return root(below: publicURL) + String(repeating: "x", count: (bytes * 4 + 2) / 3)
    }

    /// Whose link it is, from its last part; nil where the signature is not ours.
    package func opened(_ token: String) -> (recipient: RecipientKey, message: Int64)? {
        guard let bytes = Self.bytes(of: token), bytes.count > Self.headBytes + Self.signatureBytes
        else { return nil }
        let content = bytes.dropLast(Self.signatureBytes)
        // Every byte is compared, whatever the first ones are, so that time tells nothing.
        let difference = zip(signature(of: Array(content)), bytes.suffix(Self.signatureBytes))
            .reduce(0) { $0 | ($1.0 ^ $1.1) }
        guard difference == 0, Int(content[0]) < Channel.allCases.count else { return nil }
        let message = content[1..<Self.headBytes].reduce(0) { $0 << 8 | Int64($1) }
        let address = String(decoding: content[Self.headBytes...], as: UTF8.self)
        return (
            RecipientKey(channel: Channel.allCases[Int(content[0])], normalised: address), message
        )
    }

    private func signature(of content: [UInt8]) -> [UInt8] {
        var hmac = HMAC<SHA256>(key: key)
        // Keeps signatures apart from those of other things that the key may sign one day.
        hmac.update(data: Array("unsubscribe:".utf8))
        hmac.update(data: content)
        return Array(hmac.finalize().prefix(Self.signatureBytes))
    }

    /// The channel's place, eight bytes of the message's id, and the address.
    private static func content(_ recipient: RecipientKey, message: Int64) -> [UInt8] {
        let place = Channel.allCases.firstIndex(of: recipient.channel) ?? 0
        let id = (0..<8).reversed().map { UInt8(truncatingIfNeeded: message >> ($0 * 8)) }
        return [UInt8(place)] + id + Array(recipient.address.utf8)
    }

    private static func root(below publicURL: String) -> String { "\(publicURL)/\(folder)/" }

    private static let headBytes = 9
    /// Half of SHA-256: beyond any guessing (RFC 2104 section 5).
    private static let signatureBytes = 16

    // MARK: base64url without padding (RFC 4648 section 5)

    private static func text(of bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    private static func bytes(of text: String) -> [UInt8]? {
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64 + padding) else { return nil }
        // Only the spelling that we wrote: another one of the same bytes is not ours.
        let bytes = Array(data)
        return self.text(of: bytes) == text ? bytes : nil
    }
}

extension RecipientKey {
    /// The recipient of a stored message, whose address was checked when it was stored.
    package init(channel: Channel, stored recipient: String) {
        self.init(
            channel: channel,
            normalised: channel == .email ? recipient.lowercased() : recipient
        )
    }
}
