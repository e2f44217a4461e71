package import APITypes
package import JobQueue
import Synchronization

/// A server that speaks the seed's four calls and nothing more, on a real socket: `create` returns no
/// id, no write is idempotent, and a send begins each time it is asked for.
package final class SeedServer: Sendable {
    /// What the server does to one request.
    package enum Fault: Sendable, Equatable, CaseIterable {
        case none
        /// The request is lost: it is read, and the connection closed.
        case dropRequest
        /// It has its effect, and the reply is lost.
        case dropReply
        /// The reply is lost, and it has its effect after the next reading.
        case lateEffect
        /// It has its effect twice.
        case duplicate
        case error500Before, error500After, error502Before, error502After
        /// It has its effect, and the reply is cut: in the status line, the head, the body.
        case cutInStatusLine, cutInHead, cutInBody

        /// Whether the request has its effect by the time the fault is over.
        package var hasEffect: Bool {
            switch self {
            case .dropRequest, .error500Before, .error502Before: false
            default: true
            }
        }
    }

    /// One campaign as the server has it, and what was done to it.
    package struct Campaign: Sendable {
        package var id: String
        package var spec: JSONValue
        package var status: String
        package var log: [String]
        package var createdAt: Timestamp
        package var builds = 0
        package var sends = 0
    }

    /// How the server differs from a plain one.
    package struct Manner: Sendable {
        /// Pages hold at most so many, whatever is asked for.
        package var pageSize = 100
        /// Each page is drawn from a list in another order.
        package var isShuffled = false
        /// Between two pages a campaign of somebody else's appears.
        package var isShifting = false
        /// How far the server's clock is off.
        package var clockSkew: Duration = .zero
        /// Statuses that the server has words of its own for.
        package var words: [String: String] = [:]
        /// The status of a campaign that was sent, and of its messages.
        package var endStatus = "SENT"
        package var hasExtraFields = false
        /// Campaigns of somebody else's, in front of ours.
        package var strangers = 0
        package var token = "the-session-token"
        /// Whether a create's reply has the id.
        package var returnsID = false

        package init() {}
    }

    private struct State {
        var campaigns: [Campaign] = []
        var late: [@Sendable () -> Void] = []
        var random = Dice()
        var writes: [String] = []
        var next = 1
        var isDown = false
    }

    /// When each request arrived, on the machine's clock.
    package let arrivals = Recorder<Timestamp>()
    private let state = Mutex(State())
    package let manner: Manner
    private let fault: @Sendable (_ write: String, _ number: Int) -> Fault
    private let server = Mutex<ScriptedHTTPServer?>(nil)

    /// - Parameter fault: what to do to the `number`-th (from 1) request of a write: `create`, `build`
    ///   or `send`.
    package init(
        _ manner: Manner = Manner(),
        fault: @escaping @Sendable (_ write: String, _ number: Int) -> Fault = { _, _ in .none }
    ) throws {
        self.manner = manner
        self.fault = fault
        for number in 0..<manner.strangers { addStranger(number) }
        let server = try ScriptedHTTPServer { [weak self] stage, request in
            guard let self else { return .proceed }
            if isDown { return .hangUp }
            return stage == .request ? answer(request) : .proceed
        }
        self.server.withLock { $0 = server }
    }

    package var url: String { server.withLock { $0?.url } ?? "" }
    package var requests: [ScriptedHTTPServer.Request] {
        server.withLock { $0?.requests.elements } ?? []
    }
    package var campaigns: [Campaign] { state.withLock { $0.campaigns } }
    /// The campaigns that are not somebody else's.
    package var own: [Campaign] {
        campaigns.filter { $0.spec["name"]?.text?.hasPrefix("stranger") == false }
    }

    /// Whether it hangs up on everybody before a request is whole.
    package var isDown: Bool {
        get { state.withLock { $0.isDown } }
        set { state.withLock { $0.isDown = newValue } }
    }

    package func stop() { server.withLock { $0?.stop() } }

    /// Lets the effects happen that were held back.
    private func letLateEffectsHappen() {
        let late = state.withLock { state in
            defer { state.late = [] }
            return state.late
        }
        for effect in late { effect() }
    }

    /// How often each write was asked for.
    package func count(of write: String) -> Int {
        state.withLock { $0.writes.count { $0 == write } }
    }

    /// Changes a campaign from outside.
    package func change(_ id: String, _ body: (inout Campaign) -> Void) {
        state.withLock { state in
            for index in state.campaigns.indices where state.campaigns[index].id == id {
                body(&state.campaigns[index])
            }
        }
    }

    // MARK: Answers

    private func answer(_ request: ScriptedHTTPServer.Request) -> ScriptedHTTPServer.Action {
        arrivals.append(SystemClock().now)
        guard request[header: "cookie"] == "__Secure-next-auth.session-token=\(manner.token)" else {
            return .reply(302, headers: [("Location", "/auth/signin")])
        }
        let parts = request.target.split(separator: "?", maxSplits: 1)
        let path = parts[0].split(separator: "/").map(String.init)
        switch (request.method, path.count) {
        case ("GET", 2):
            let page = page(parts.count > 1 ? String(parts[1]) : "")
            letLateEffectsHappen()
            return .reply(200, headers: [("Content-Type", "application/json")], body: page)
        case ("POST", 2):
            guard let spec = try? JSONValue(parsing: request.body) else {
                return .reply(400, body: #"{"result":"error"}"#)
            }
            return write("create") { [self] in create(spec) }
        case ("PUT", 4):
            let id = path[2]
            guard campaigns.contains(where: { $0.id == id }) else {
                return .reply(404, body: #"{"result":"error"}"#)
            }
            return write(path[3]) { [self] in path[3] == "build" ? build(id) : send(id) }
        default: return .reply(404)
        }
    }

    private func write(_ name: String, effect: @escaping @Sendable () -> Void)
        -> ScriptedHTTPServer.Action
    {
        let number = state.withLock { state in
            state.writes.append(name)
            return state.writes.count { $0 == name }
        }
        let fault = fault(name, number)
        switch fault {
        case .dropRequest, .error500Before, .error502Before: break
        case .lateEffect: state.withLock { $0.late.append(effect) }
        case .duplicate:
            effect()
            effect()
        default: effect()
        }
        let id =
            name == "create" && manner.returnsID
            ? #","campaignId":"\#(campaigns.last?.id ?? "")""# : ""
        let body = #"{"result":"success"\#(id)}"#
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n"
        switch fault {
        case .none, .duplicate:
            return .reply(200, headers: [("Content-Type", "application/json")], body: body)
        case .dropRequest, .dropReply, .lateEffect: return .hangUp
        case .error500Before, .error500After: return .reply(500, body: "oops")
        case .error502Before, .error502After: return .reply(502, body: "<html>bad gateway</html>")
        case .cutInStatusLine: return .breakOff(after: "HTTP/1.1 2")
        case .cutInHead: return .breakOff(after: head)
        case .cutInBody: return .breakOff(after: head + "\r\n" + body.prefix(5))
        }
    }

    private func create(_ spec: JSONValue) {
        state.withLock { state in
            let at = SystemClock().wall + manner.clockSkew
            state.campaigns.append(
                Campaign(
                    id: Self.id(state.next, at: at),
                    spec: spec,
                    status: "DRAFT",
                    log: ["DRAFT"],
                    createdAt: at
                )
            )
            state.next += 1
        }
    }

    private func addStranger(_ number: Int) {
        create([
            "name": .string("stranger \(number)"), "channel": ["email"], "contactListId": [],
            "settings": [:],
        ])
    }

    private func build(_ id: String) {
        change(id) { campaign in
            campaign.builds += 1
            campaign.status = "BUILD"
            campaign.log.append("BUILD")
        }
    }

    private func send(_ id: String) {
        change(id) { [manner] campaign in
            campaign.sends += 1
            campaign.log.append("SENDING")
            campaign.status = manner.endStatus
        }
    }

    // MARK: Pages

    private func page(_ query: String) -> String {
        let values = query.split(separator: "&").reduce(into: [String: Int]()) { values, pair in
            let parts = pair.split(separator: "=")
            if parts.count == 2 { values[String(parts[0])] = Int(parts[1]) }
        }
        let page = values["page"] ?? 1
        let limit = min(values["limit"] ?? 10, manner.pageSize)
        if manner.isShifting, page > 1 {
            let number = campaigns.count
            if number < 40 { addStranger(number) }
        }
        let (shown, total) = state.withLock { state -> ([Campaign], Int) in
            var list = Array(state.campaigns.reversed())
            if manner.isShuffled { list.shuffle(using: &state.random) }
            let start = min((page - 1) * limit, list.count)
            return (Array(list[start..<min(start + limit, list.count)]), list.count)
        }
        let document: JSONValue = [
            "result": .array(shown.map(entry)),
            "meta": [
                "count": .integer(Int64(total)), "page": .integer(Int64(page)),
                "limit": .integer(Int64(limit)),
            ],
        ]
        guard let data = try? JSONCoding.encode(document) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    private func entry(_ campaign: Campaign) -> JSONValue {
        let word = { [manner] (status: String) in manner.words[status] ?? status }
        let lists = campaign.spec["contactListId"]?.elements ?? []
        let hasEnded = campaign.status == manner.endStatus && campaign.sends > 0
        var members: [String: JSONValue] = [
            "campaignId": .string(campaign.id),
            "name": campaign.spec["name"] ?? "",
            "channel": campaign.spec["channel"] ?? [],
            "status": .string(word(campaign.status)),
            "settings": campaign.spec["settings"] ?? [:],
            "contactListId": .array(lists.map { ["_id": $0, "name": "list"] }),
            "changeLog": .array(
                campaign.log.map {
                    ["status": .string(word($0)), "updateAt": "2025-08-28T20:02:20Z"]
                }
            ),
            "createdAt": .string(campaign.createdAt.description),
            "stats": [
                "result": campaign.builds == 0
                    ? [] : [["_id": ["status": hasEnded ? "SENT" : "PENDING"], "count": 5]],
                "initContacts": .array(lists.map { _ in ["name": "list", "contacts": 5] }),
            ],
        ]
        if manner.hasExtraFields {
            members["owner"] = ["deep": [1, 2, .null]]
            members["settings"] = nil
        }
        return .object(members)
    }

    private static func id(_ number: Int, at: Timestamp) -> String {
        let seconds = String(at.milliseconds / 1_000, radix: 16)
        let digits = String(number, radix: 16)
        return seconds + "0000000000" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}

/// The same sequence each time (SplitMix64).
private struct Dice: RandomNumberGenerator {
    private var state: UInt64 = 7

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension JSONValue {
    /// The text of a string.
    fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
    /// The elements of an array.
    fileprivate var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}

extension SeedServer.Manner {
    /// A plain manner with something changed.
    package static func with(_ change: (inout Self) -> Void) -> Self {
        var manner = Self()
        change(&manner)
        return manner
    }
}
