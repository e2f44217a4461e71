import Campaigns

extension RouteTable {
    /// What providers call, on the public listener.
    static let receiptRoutes: [Route] = [
        report(
            .post,
            "/receipts/{channel}/{message}",
            "reportSigned",
            "Takes what a provider reports about a message, signed by it.",
            body: .form
        ),
        report(
            .get,
            "/receipts/{channel}/{message}/{secret}",
            "reportBySecret",
            "Takes what a provider reports about a message, at a path that only it knows."
        ),
    ]

    private static func report(
        _ method: Route.Method,
        _ path: PathPattern,
        _ operation: String,
        _ summary: String,
        body: Route.RequestBody? = nil
    ) -> Route {
        Route(
            method: method,
            path: path,
            operation: operation,
            summary: summary,
            proof: { call in
                let (listener, provider) = try call.providerCall()
                guard listener.isGenuine(provider) else { throw Call.nothingHere }
            },
            body: body,
            replies: [
                Route.Reply(
                    status: 200,
                    summary: "It is kept; the body is what the provider is to do.",
                    content: [("text/plain", .text), ("text/xml", .text)]
                )
            ],
            handle: { try $0.receive() }
        )
    }
}

extension Call {
    /// The same for a channel without reports and for a call that is not the provider's: nobody
    /// learns which it was.
    static let nothingHere = Problem(.notFound, "there is nothing here")

    fileprivate func providerCall() throws -> (any ProviderListener, ProviderCall) {
        guard let channel = Channel(rawValue: values["channel"] ?? ""),
            let message = Int64(values["message"] ?? ""), message > 0
        else { throw Self.nothingHere }
        return try providerCall(on: channel, about: message)
    }

    /// A call of the provider that carries a channel, about a message or about none (0).
    func providerCall(on channel: Channel, about message: Int64) throws
        -> (any ProviderListener, ProviderCall)
    {
        guard let listener = api.listeners[channel] else { throw Self.nothingHere }
        let target = request.path + (request.rawQuery.map { "?\($0)" } ?? "")
        let call = ProviderCall(
            message: message,
            secret: values["secret"],
            target: target,
            query: request.query,
            form: route.body == nil ? [] : try form(),
            headers: request.headers
        )
        return (listener, call)
    }

    /// Durable before it is answered.
    fileprivate func receive() throws -> APIReply {
        let (listener, call) = try providerCall()
        let report = listener.hear(call)
        try service.receive(report, about: call.message)
        return APIReply(
            status: 200,
            headers: [(name: "content-type", value: report.mediaType)],
            content: .bytes(Array(report.answer.utf8))
        )
    }
}
