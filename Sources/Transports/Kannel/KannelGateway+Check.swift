import Campaigns
import Outbound

extension KannelGateway {
    /// A `sendsms` that names no receiver: Kannel proves who asks first, and then refuses it.
    var check: GatewayCheck {
        let query = FormText.encode([
            (name: "username", value: settings.username),
            (name: "password", value: settings.password),
        ])
        let url = "\(settings.baseURL)/cgi-bin/sendsms?\(query)"
        let request = HTTPRequest(method: "GET", url: url, timeout: .seconds(10))
        return .request(request, key: "baseURL") { reply in
            switch reply.status {
            case 200..<300, 400: nil
            case 401, 403:
                ConnectionFault(
                    "answered \(reply.summary)",
                    whatToDo: "look at its username and passwordFile, and at the gateway's group "
                        + "sendsms-user"
                )
            case 503:
                ConnectionFault(
                    "answered \(reply.summary)",
                    whatToDo: "look whether bearerbox runs and has a connection to the carrier"
                )
            default: .unlike("smsbox, at its sendsms-port", reply, key: "baseURL")
            }
        }
    }
}
