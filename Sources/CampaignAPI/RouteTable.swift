import Campaigns

/// Every route, and which one a request means.
struct RouteTable: Sendable {
    let routes: [Route]
    /// The same by how many parts their paths have: few of them can be meant by a path.
    private let byLength: [Int: [Route]]

    init(routes: [Route]) {
        self.routes = routes
        byLength = Dictionary(grouping: routes, by: \.path.length)
    }

    static let all = RouteTable(
        routes: [
            campaignRoutes, messageRoutes, jobRoutes, enqueueRoutes, jobActionRoutes,
            templateRoutes, listRoutes, suppressionRoutes, previewRoutes, accountRoutes, waitRoutes,
            statusRoutes, backupRoutes, metricsRoutes, doctorRoutes, whyRoutes,
        ].flatMap(\.self)
    )

    /// What the public listener serves: what providers and recipients must reach, and health.
    ///
    /// No token is accepted there, so each route has a ``Route/proof`` of its own. Its calls are
    /// ``Caller/nobody``'s; forms are read by ``Call/form()``, the bytes that a signature covers by
    /// ``Call/rawBody()`` and ``Call/publicURL``.
    static let `public` = RouteTable(
        routes: [[.health], receiptRoutes, unsubscribeRoutes, inboundRoutes].flatMap(\.self)
    )

    /// A route with the values its path held.
    struct Match {
        var route: Route
        var values: [String: String]
    }

    /// The route for a method and a path; throws a problem where there is none.
    func match(method: String, path: String) throws(Problem) -> Match {
        let components = try Self.components(of: path)
        let matches = byLength[components.count, default: []].compactMap { route in
            route.path.match(components).map { Match(route: route, values: $0) }
        }
        guard let literal = matches.map(\.route.path.literalCount).max() else {
            throw Problem(.notFound, "there is no route \(path.excerpt)")
        }
        let closest = matches.filter { $0.route.path.literalCount == literal }
        guard let match = closest.first(where: { $0.route.method.rawValue == method }) else {
            let allowed = closest.map(\.route.method.rawValue).sorted()
            throw Problem(
                .methodNotAllowed,
                "\(path.excerpt) takes \(allowed.joined(separator: " or "))",
                allowed: allowed
            )
        }
        return match
    }

    /// The decoded parts of a path.
    private static func components(of path: String) throws(Problem) -> [String] {
        var components: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let decoded = part.percentDecoded else {
                throw Problem(.malformed, "the path is not percent-encoded UTF-8")
            }
            components.append(decoded)
        }
        return components
    }
}
