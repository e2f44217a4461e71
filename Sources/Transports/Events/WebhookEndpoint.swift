package import Campaigns
import Crypto
import FoundationEssentials
package import JobQueue
package import Outbound

/// Where notices go, and how they are signed (standardwebhooks.com, specification 1.0).
package struct WebhookEndpoint: Sendable {
    private let url: String
    private let key: SymmetricKey

    /// Nil where the secret is not `whsec_` and Base64 of at least 24 bytes.
    package init?(url: String, secret: String) {
        guard secret.hasPrefix("whsec_"),
            let bytes = Data(base64Encoded: String(secret.dropFirst("whsec_".count))),
            (24...64).contains(bytes.count)
        else { return nil }
        self.url = url
        key = SymmetricKey(data: bytes)
    }

    /// The request for one attempt; the id stays the same at every attempt.
    package func request(for notice: Notice, at now: Timestamp) -> HTTPRequest {
        let body = NoticeBody(notice, now: now).encoded
        let id = "msg_\(notice.id)"
        return HTTPRequest(
            method: "POST",
            url: url,
            headers: WebhookSignature.headers(id: id, at: now, body: body, key: key),
            body: body,
            timeout: Self.patience
        )
    }

    /// How long a receiver may take; the specification recommends 15 to 30 s.
    private static let patience = Duration.seconds(20)
}

/// A notice as its receiver reads it.
private struct NoticeBody: Encodable {
    struct Subject: Encodable {
        var jobId: Int64?
        var campaignId: String?
        var state: String?
        var status: String?
        var reason: String?
    }

    var type: String
    var timestamp: String
    var data: Subject

    init(_ notice: Notice, now: Timestamp) {
        type = notice.type
        timestamp = (notice.at ?? now).description
        let isJob = notice.jobID != nil
        data = Subject(
            jobId: notice.jobID,
            campaignId: notice.campaignID,
            state: isJob ? notice.state : nil,
            status: isJob ? nil : notice.state,
            reason: notice.reason
        )
    }

    var encoded: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("strings and numbers are always JSON")
        }
        return Array(data)
    }
}
