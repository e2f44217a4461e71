import CampaignAPI
import HTTPTypes
import HummingbirdCore

/// Turns the head of an HTTP request into the API's request, after access was granted.
enum RequestParser {
    /// The request without its body; throws a problem where it is refused.
    static func parse(_ request: Request, access: AccessRules) throws(Problem) -> APIRequest {
        var headers = request.headers.map { field in
            (name: field.name.canonicalName, value: field.value)
        }
        if let authority = request.head.authority {
            headers.append((name: "host", value: authority))
        }
        let caller = try access.caller(of: RequestHead(headers: headers))
        // RFC 9110 section 9.3.2: HEAD is GET whose content is not sent.
        let method = request.method == .head ? "GET" : request.method.rawValue
        return APIRequest(
            method: method,
            path: request.uri.path,
            query: try FormFields.decode(request.uri.query ?? ""),
            rawQuery: request.uri.query,
            headers: headers,
            body: .none,
            caller: caller
        )
    }
}
