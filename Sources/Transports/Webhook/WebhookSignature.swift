import Crypto
import FoundationEssentials
import JobQueue

/// The headers that name and sign a POST (standardwebhooks.com, specification 1.0).
enum WebhookSignature {
    static func headers(id: String, at now: Timestamp, body: [UInt8], key: SymmetricKey)
        -> [(name: String, value: String)]
    {
        let seconds = "\(now.milliseconds / 1_000)"
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(id).\(seconds).".utf8) + body,
            using: key
        )
        return [
            ("content-type", "application/json"), ("webhook-id", id),
            ("webhook-timestamp", seconds),
            ("webhook-signature", "v1,\(Data(code).base64EncodedString())"),
        ]
    }
}
