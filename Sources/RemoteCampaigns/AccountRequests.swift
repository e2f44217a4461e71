import Campaigns
import JobQueue
import Outbound

/// Makes the requests of one account, and takes its secrets out of what came of them.
struct AccountRequests: Sendable {
    let policy: AccountPolicy
    var token: String

    /// A page of the server's list.
    func page(_ target: String) -> HTTPRequest {
        request("GET", target, body: [])
    }

    /// The write of a step.
    func write(_ step: CampaignStep, _ remote: RemoteCampaign, _ content: CampaignContent)
        -> HTTPRequest
    {
        step == .create
            ? request("POST", "/api/campaign", body: content.body)
            : request("PUT", Self.target(step, remote.remoteID), body: [])
    }

    /// The method and target of a step's write, as the evidence names it.
    static func words(_ step: CampaignStep, _ remote: RemoteCampaign) -> String {
        step == .create ? "POST /api/campaign" : "PUT \(target(step, remote.remoteID))"
    }

    private static func target(_ step: CampaignStep, _ id: String?) -> String {
        "/api/campaign/\((id ?? "").percentEncoded)/\(step.rawValue)"
    }

    private func request(_ method: String, _ target: String, body: [UInt8]) -> HTTPRequest {
        var headers = [
            (name: "x-user-id", value: policy.userID),
            (name: "Cookie", value: "__Secure-next-auth.session-token=\(token)"),
            (name: "Accept", value: "application/json"),
        ]
        if !body.isEmpty { headers.append((name: "Content-Type", value: "application/json")) }
        return HTTPRequest(
            method: method,
            url: policy.baseURL + target,
            headers: headers,
            body: body,
            timeout: policy.requestTimeout
        )
    }

    /// The text without the token, whichever way a server wrote it back.
    func redacted(_ text: String) -> String {
        var text = text
        for secret in Set([token, token.percentEncoded]) where !secret.isEmpty {
            text = text.replacing(secret, with: "<secret>")
        }
        return text
    }
}

extension String {
    /// The text with all but unreserved characters percent-encoded (RFC 3986, 2.3).
    var percentEncoded: String {
        let digits = Array("0123456789ABCDEF")
        return utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text.append("%")
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            }
        }
    }
}
