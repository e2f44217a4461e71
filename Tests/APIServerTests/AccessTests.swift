import CampaignAPI
import Campaigns
import Testing

@testable import APIServer

/// Who a request is made for.
@Suite("access rules", .timeLimit(.minutes(10)))
struct AccessTests {
    private let withTokens = AccessRules.tokens(TokenList(ServerSite.tokens))

    private func caller(
        _ rules: AccessRules,
        _ headers: [(name: String, value: String)]
    ) throws(Problem) -> Caller {
        try rules.caller(of: RequestHead(headers: headers))
    }

    private func refusal(
        _ rules: AccessRules,
        _ headers: [(name: String, value: String)]
    ) -> Problem.Kind? {
        do {
            _ = try caller(rules, headers)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test("on the socket a call is the operator's, or the user's whose id it bears")
    func socket() throws {
        #expect(try caller(.socket, []) == .operator)
        #expect(
            try caller(.socket, [(name: "x-user-id", value: "648b80839b30ddb88cdbab 11")])
                == .user("648b80839b30ddb88cdbab11")
        )
        #expect(try caller(.socket, [(name: "x-user-id", value: " ")]) == .operator)
        #expect(try caller(.socket, [(name: "host", value: "evil.example")]) == .operator)
        #expect(refusal(.socket, [(name: "x-user-id", value: "ü")]) == .malformed)
        #expect(
            refusal(.socket, [(name: "x-user-id", value: "a"), (name: "x-user-id", value: "b")])
                == .malformed
        )
    }

    @Test(
        "open loopback takes calls to this machine's names only",
        arguments: [
            ("localhost:8080", true), ("LOCALHOST", true), ("127.0.0.1:80", true),
            ("127.9.9.9", true), ("[::1]:8080", true), ("[::1]", true), ("evil.example", false),
            ("localhost.evil.example", false), ("127.0.0.1.evil.example", false),
            ("10.0.0.1", false), ("[::2]:80", false), ("[::1", false), ("", false),
        ]
    )
    func host(_ host: String, isTaken: Bool) {
        #expect((refusal(.openLoopback, [(name: "host", value: host)]) == nil) == isTaken)
    }

    @Test("open loopback ignores cookies and refuses foreign origins and missing hosts")
    func origin() throws {
        let host = (name: "host", value: "localhost:8080")
        let cookie = (name: "cookie", value: "__Secure-next-auth.session-token=whatever")
        #expect(try caller(.openLoopback, [host, cookie]) == .operator)
        #expect(refusal(.openLoopback, []) == .forbidden)
        for (origin, isTaken) in [
            ("http://localhost:8080", true), ("http://localhost:3000", false),
            ("https://evil.example", false), ("null", false),
        ] {
            let headers = [host, (name: "origin", value: origin)]
            #expect((refusal(.openLoopback, headers) == nil) == isTaken, "\(origin)")
        }
    }

    @Test("with tokens every call needs one, as bearer or as the seed's cookie")
    func tokens() throws {
        #expect(
            try caller(withTokens, [(name: "authorization", value: "Bearer secret-of-ann")])
                == .user("ann")
        )
        #expect(
            try caller(
                withTokens,
                [
                    (
                        name: "cookie",
                        value: "a=b; __Secure-next-auth.session-token=secret-of-bob; c=d"
                    )
                ]
            ) == .user("648b80839b30ddb88cdbab11")
        )
        #expect(refusal(withTokens, []) == .unauthorised)
        for token in ["", "secret-of-ann ", "Secret-of-ann", "secret-of-an", "x"] {
            let header = (name: "authorization", value: "Bearer \(token)x")
            #expect(refusal(withTokens, [header]) == .unauthorised)
        }
        #expect(
            refusal(withTokens, [(name: "authorization", value: "Basic secret-of-ann")])
                == .unauthorised
        )
    }

    @Test("x-user-id must be the token's user")
    func agreement() throws {
        let bearer = (name: "authorization", value: "bearer secret-of-bob")
        #expect(
            try caller(
                withTokens,
                [bearer, (name: "x-user-id", value: "648b80839b30ddb88cdbab11")]
            )
                == .user("648b80839b30ddb88cdbab11")
        )
        #expect(refusal(withTokens, [bearer, (name: "x-user-id", value: "ann")]) == .forbidden)
    }

    @Test("a description shows no token")
    func secrets() {
        #expect(!"\(ServerSite.tokens)".contains("secret"))
    }

    @Test("a query is decoded as forms are")
    func query() throws {
        let query = try FormFields.decode("a=1+2&b=%C3%A9%26&c&d=&a=3")
        #expect(query.map(\.name) == ["a", "b", "c", "d", "a"])
        #expect(query.map(\.value) == ["1 2", "é&", "", "", "3"])
        #expect(throws: Problem.self) { try FormFields.decode("a=%f") }
        #expect(throws: Problem.self) { try FormFields.decode("a=%ff") }
    }
}
