import Campaigns
import FoundationEssentials
import Outbound

extension TwilioGateway {
    /// Reads the account, which only its own token may.
    var check: GatewayCheck {
        let request = HTTPRequest(
            method: "GET",
            url: "\(settings.baseURL)/2010-04-01/Accounts/\(settings.accountSID).json",
            headers: [settings.authorization, ("Accept", "application/json")],
            timeout: .seconds(10)
        )
        return .request(request, key: "baseURL") { reply in
            let account = try? JSONDecoder().decode(Account.self, from: Data(reply.body))
            return Self.fault(of: account, in: reply)
        }
    }

    private static func fault(of account: Account?, in reply: HTTPReply) -> ConnectionFault? {
        switch reply.status {
        case 200..<300:
            guard let account, account.sid != nil else {
                return .unlike("the provider's API", reply, key: "baseURL")
            }
            guard let status = account.status, status != "active" else { return nil }
            return ConnectionFault(
                "the account is \(status)",
                whatToDo: "ask the provider why; nothing is sent by this account meanwhile"
            )
        case 401, 403, 404:
            return ConnectionFault(
                "answered \(reply.summary)",
                whatToDo: "look at its accountSid and authTokenFile, and at the provider's console"
            )
        default: return .unlike("the provider's API", reply, key: "baseURL")
        }
    }
}

/// What is read of an account.
private struct Account: Decodable {
    var sid: String?
    var status: String?

    enum CodingKeys: CodingKey {
        case sid, status
    }

    /// In a refusal the status is a number.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        sid = try? container.decode(String.self, forKey: .sid)
        status = try? container.decode(String.self, forKey: .status)
    }
}
