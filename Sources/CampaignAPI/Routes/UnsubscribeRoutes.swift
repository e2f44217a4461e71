import APITypes
import Campaigns

extension RouteTable {
    /// What recipients' links lead to (RFC 8058): looking changes nothing, posting opts out.
    static let unsubscribeRoutes: [Route] = [
        Route(
            method: .get,
            path: unsubscribePath,
            operation: "showUnsubscribe",
            summary: "Asks a recipient whether to opt out; changes nothing.",
            proof: { _ = try $0.unsubscribing() },
            replies: [page],
            handle: { call in
                let (recipient, _) = try call.unsubscribing()
                return .html(UnsubscribePage.question(recipient))
            }
        ),
        Route(
            method: .post,
            path: unsubscribePath,
            operation: "unsubscribe",
            summary: "Opts a recipient out; it is durable when the answer comes.",
            proof: { _ = try $0.unsubscribing() },
            body: .form,
            replies: [page],
            handle: { try $0.unsubscribe() }
        ),
    ]

    private static let unsubscribePath = PathPattern(
        stringLiteral: "/\(UnsubscribeLinks.folder)/{token}"
    )
    private static let page = Route.Reply(
        status: 200,
        summary: "A page.",
        content: [(MediaType.html, .text)]
    )
}

extension Call {
    /// Whose link the path holds; throws where it is nobody's.
    fileprivate func unsubscribing() throws(Problem) -> (recipient: RecipientKey, message: Int64) {
        guard let link = service.links?.opened(values["token"] ?? "") else {
            throw Problem(.notFound, "this link is not valid")
        }
        return link
    }

    fileprivate func unsubscribe() throws -> APIReply {
        let (recipient, message) = try unsubscribing()
        let isOneClick = try form().contains {
            $0.name == "List-Unsubscribe" && $0.value == "One-Click"
        }
        guard isOneClick else {
            throw Problem(.malformed, "the form must hold List-Unsubscribe=One-Click (RFC 8058)")
        }
        try service.optOut(recipient, reason: .unsubscribed, note: "message \(message)")
        return .html(UnsubscribePage.done(recipient))
    }
}

/// The two pages a recipient sees.
private enum UnsubscribePage {
    static func question(_ recipient: RecipientKey) -> String {
        page(
            "Unsubscribe?",
            """
            <p>\(recipient.address.htmlEscaped) will get no more \(recipient.channel.noun).</p>
            <form method="post">
            <input type="hidden" name="List-Unsubscribe" value="One-Click">
            <button type="submit">Unsubscribe</button>
            </form>
            """
        )
    }

    static func done(_ recipient: RecipientKey) -> String {
        page(
            "You are unsubscribed",
            "<p>\(recipient.address.htmlEscaped) gets no more \(recipient.channel.noun).</p>"
        )
    }

    private static func page(_ title: String, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="robots" content="noindex">
        <title>\(title)</title>
        <style>body { font: 1.1em sans-serif; margin: 3em auto; max-width: 30em; padding: 0 1em }
        button { font: inherit; padding: .5em 1em }</style>
        </head>
        <body>
        <h1>\(title)</h1>
        \(body)
        </body>
        </html>

        """
    }
}

extension Channel {
    /// What a recipient gets on it.
    fileprivate var noun: String {
        switch self {
        case .email: "emails"
        case .sms: "text messages"
        case .voice: "calls"
        }
    }
}

extension String {
    fileprivate var htmlEscaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
