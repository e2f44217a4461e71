extension WebhookGateway {
    /// Each request would be a message.
    var check: GatewayCheck { .connection(url: settings.url, key: "url") }
}
