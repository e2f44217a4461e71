package import APITypes
package import Campaigns
import Dispatch
package import Exposition
package import JobQueue
import Synchronization

/// Answers the API's requests; knows no network.
///
/// ``respond(to:)`` may block while the store commits or reads, so it is called on a thread that
/// may. Any number of threads may call it at once.
package final class APIHandler: Sendable {
    let service: CampaignService
    let events: EventHub
    let place: APIPlace
    /// What hears the providers of each channel.
    let listeners: [Channel: any ProviderListener]
    /// What only a running daemon knows; nil in a program that works on the file itself, whose
    /// requests then wait for no job.
    let daemon: (@Sendable () -> DaemonStatus)?
    /// Where waiting requests look at the store again.
    let waits = DispatchQueue(label: "campaignd.api.waits")
    private let table: RouteTable
    /// One backup at a time: each takes as much disk as the data.
    let isBackingUp = Atomic<Bool>(false)
    private let keyedAnswers = KeyedAnswers()

    /// Makes a handler; `events` are those of the service's store.
    package convenience init(
        service: CampaignService,
        events: EventHub,
        place: APIPlace,
        listeners: [Channel: any ProviderListener] = [:],
        daemon: (@Sendable () -> DaemonStatus)?
    ) {
        self.init(
            .all,
            service: service,
            events: events,
            place: place,
            listeners: listeners,
            daemon: daemon
        )
    }

    /// The same for the public listener: there is no route but those of ``RouteTable/public``.
    package convenience init(publicOf handler: APIHandler) {
        self.init(
            .public,
            service: handler.service,
            events: handler.events,
            place: handler.place,
            listeners: handler.listeners,
            daemon: handler.daemon
        )
    }

    init(
        _ table: RouteTable,
        service: CampaignService,
        events: EventHub,
        place: APIPlace,
        listeners: [Channel: any ProviderListener] = [:],
        daemon: (@Sendable () -> DaemonStatus)?
    ) {
        self.table = table
        self.listeners = listeners
        self.service = service
        self.events = events
        self.place = place
        self.daemon = daemon
    }

    /// The answer, whatever goes wrong.
    package func respond(to request: APIRequest) -> APIReply {
        do { return try answer(request) } catch { return Problem(error).reply }
    }

    /// How the body of a request is to be read; nil where its route takes none, or is none.
    package func bodyHandling(method: String, path: String) -> BodyHandling? {
        let match = try? table.match(method: method, path: path)
        return match?.route.body?.handling
    }

    /// A path as logs may show it: without the values in it, among which secrets may be.
    package func pattern(ofPath path: String, method: String) -> String {
        (try? table.match(method: method, path: path))?.route.path.text ?? "unknown"
    }

    private func answer(_ request: APIRequest) throws -> APIReply {
        let match = try table.match(method: request.method, path: request.path)
        let route = match.route
        let call = Call(api: self, route: route, values: match.values, request: request)
        if route.access == .operatorOnly, request.caller != .operator {
            throw Problem(.forbidden, "only the operator may call this; users see their own work")
        }
        try checkMediaType(of: request, route)
        try route.proof?(call)
        if route.repeats == .byAnswer, let key = try call.keyText() {
            return try keyedAnswers.answer(call, key: key)
        }
        return try route.handle(call)
    }

    private func checkMediaType(of request: APIRequest, _ route: Route) throws {
        guard let body = route.body, let header = request.header("content-type") else { return }
        let mediaType = header.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        let accepted = body.content.map(\.mediaType)
        guard accepted.contains(mediaType) else {
            throw Problem(
                .mediaType,
                "the body is \(mediaType.excerpt); send \(accepted.joined(separator: " or "))"
            )
        }
    }
}

/// Where the data lies, and what names it.
package struct APIPlace: Sendable {
    package var version: String
    package var dataDir: String
    package var databasePath: String
    /// The URL that stands for the root of the public listener, without a slash at its end; nil
    /// where nobody outside can reach it.
    package var publicURL: String?
    /// The part of the path that gateways prove themselves by; nil where none may call.
    package var inboundSecret: String?

    /// Makes a place.
    package init(
        version: String,
        dataDir: String,
        databasePath: String,
        publicURL: String? = nil,
        inboundSecret: String? = nil
    ) {
        self.publicURL = publicURL
        self.inboundSecret = inboundSecret
        self.version = version
        self.dataDir = dataDir
        self.databasePath = databasePath
    }
}

/// What only a running daemon knows of itself.
package struct DaemonStatus: Sendable {
    package var epoch: Int64
    package var startedAt: Timestamp
    package var pid: Int32
    package var transports: [TransportStatusBody]
    /// What all channels share; nil where nothing limits them together.
    package var globalThrottle: ThrottleBody?
    /// What an operator should look at, one sentence each.
    package var warnings: [String]
    /// Why it takes no work now; nil while it does.
    package var notReady: String?
    /// How a campaign goes on each channel on which it is being sent, by its id.
    package var pace: @Sendable (String) -> [LanePace]
    /// What the program has counted since its start.
    package var counted: @Sendable () -> PrometheusText
    /// When a campaign's next message on a channel may go as far as rates say; may wait a little.
    package var nextToken: @Sendable (_ channel: Channel, _ campaign: Int64) -> Timestamp?
    /// Connects to the other side of every transport and account, without a message; blocks, for a
    /// bounded time.
    package var checkConnections: @Sendable () -> [ConnectionCheck]

    /// Makes a status.
    package init(
        epoch: Int64,
        startedAt: Timestamp,
        pid: Int32,
        transports: [TransportStatusBody],
        globalThrottle: ThrottleBody? = nil,
        warnings: [String],
        notReady: String?,
        pace: @escaping @Sendable (String) -> [LanePace] = { _ in [] },
        counted: @escaping @Sendable () -> PrometheusText = { PrometheusText() },
        nextToken: @escaping @Sendable (Channel, Int64) -> Timestamp? = { _, _ in nil },
        checkConnections: @escaping @Sendable () -> [ConnectionCheck] = { [] }
    ) {
        self.epoch = epoch
        self.startedAt = startedAt
        self.pid = pid
        self.transports = transports
        self.globalThrottle = globalThrottle
        self.warnings = warnings
        self.notReady = notReady
        self.pace = pace
        self.counted = counted
        self.nextToken = nextToken
        self.checkConnections = checkConnections
    }
}
