import APITypes
import Campaigns
import JobQueue

extension RouteTable {
    /// Accounts at other servers.
    static let accountRoutes: [Route] = [
        Route(
            method: .get,
            path: "/api/accounts",
            operation: "listAccounts",
            summary: "Lists the accounts at other servers.",
            access: .operatorOnly,
            replies: [.list(.account, "The accounts.")],
            handle: { try $0.listAccounts() }
        ),
        Route(
            method: .get,
            path: "/api/accounts/{name}",
            operation: "getAccount",
            summary: "Shows one account.",
            access: .operatorOnly,
            replies: [.json(.account, "The account.")],
            handle: { try $0.getAccount() }
        ),
        pausing("pause", "Starts no request of the account any more.") { call, name in
            try call.service.pauseAccount(name)
        },
        pausing("resume", "Goes on with the account, its token read anew.") { call, name in
            try call.service.resumeAccount(name)
        },
    ]

    private static func pausing(
        _ verb: String,
        _ summary: String,
        action: @escaping @Sendable (Call, String) throws -> Void
    ) -> Route {
        Route(
            method: .put,
            path: PathPattern(stringLiteral: "/api/accounts/{name}/\(verb)"),
            operation: "\(verb)Account",
            summary: summary,
            access: .operatorOnly,
            repeats: .byAnswer,
            replies: [.json(.result, "It is done.")],
            handle: { call in
                try action(call, call.values["name"] ?? "")
                return try .json(ResultBody())
            }
        )
    }
}

extension Call {
    fileprivate func listAccounts() throws -> APIReply {
        let accounts = try service.accounts()
        let now = service.clock.now
        let listing = Listing<AccountOverview, String>(
            fetch: { after, limit in after == nil ? Array(accounts.prefix(limit)) : [] },
            cursor: \.account.name,
            encode: { try JSONCoding.encode(AccountBody($0, now: now)) }
        )
        return try listing.reply(
            to: self,
            limit: PageLimit.range.upperBound,
            from: nil,
            parameter: ""
        )
    }

    fileprivate func getAccount() throws -> APIReply {
        let account = try service.account(values["name"] ?? "")
        return try .json(AccountBody(account, now: service.clock.now))
    }
}
