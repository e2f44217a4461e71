import APITypes
import Campaigns
import JobQueue
import Testing

@testable import RemoteCampaigns

/// The rules per call, as a pure function of intent, readings and clock.
@Suite("Remote: what is done next", .timeLimit(.minutes(10)))
struct PlanTests {
    private static let start = Timestamp(milliseconds: 1_756_411_340_000)
    private static let policy = AccountPolicy(name: "x", baseURL: "", userID: "u", token: { "" })

    /// A plan and what is known of its campaign; times are seconds after the start.
    private struct Scene {
        var step: CampaignStep
        var remote: RemoteCampaign
        var status: CampaignStatus
        var policy = PlanTests.policy
        var content: CampaignContent

        init(_ step: CampaignStep, id: String? = "a1", marker: String? = "k7k7k7k7k7") throws {
            self.step = step
            let spec = try RemoteSite.spec()
            let name = Marker.name(spec.name, marker: marker)
            remote = RemoteCampaign(
                campaignID: "c",
                account: "x",
                fingerprint: CampaignContent.fingerprint(of: spec),
                name: name,
                marker: marker
            )
            remote.remoteID = step == .create ? nil : id
            content = CampaignContent(spec, name: name, marker: marker)
            status = step == .send ? .build : .draft
        }

        func asked(_ standing: RemoteIntent.Standing, at seconds: Double, misses: Int = 0) -> Scene
        {
            var scene = self
            var intent = RemoteIntent(step, at: PlanTests.at(seconds), statusBefore: "BUILD")
            intent.stand(standing, at: PlanTests.at(seconds), reply: "words")
            intent.misses = misses
            scene.remote.intent = intent
            return scene
        }

        /// What is done at `now`, after a reading that began at `read`.
        func move(
            at now: Double,
            read: Double? = nil,
            complete: Bool = true,
            _ entries: [RemoteEntry] = []
        ) -> Plan.Move {
            Plan(
                step: step,
                content: content,
                policy: policy,
                status: status,
                takenAt: PlanTests.at(0),
                remote: remote,
                sighting: read.map {
                    Sighting(
                        startedAt: PlanTests.at($0),
                        isComplete: complete,
                        entries: entries,
                        total: entries.count
                    )
                },
                now: PlanTests.at(now)
            ).next()
        }

        /// The server's entry of the campaign.
        func entry(
            _ status: String,
            id: String = "a1",
            log: [String] = [],
            counts: [String: Int64] = [:],
            made seconds: Double = 1,
            list: String = "687a0f67137b4868f1b1eaea"
        ) throws -> RemoteEntry {
            try #require(
                RemoteEntry([
                    "campaignId": .string(id), "name": .string(remote.name),
                    "status": .string(status), "channel": ["email"],
                    "contactListId": [["_id": .string(list), "name": "l"]],
                    "changeLog": .array(log.map { ["status": .string($0)] }),
                    "createdAt": .string(PlanTests.at(seconds).description),
                    "stats": [
                        "result": .array(
                            counts.sorted { $0.key < $1.key }.map {
                                ["_id": ["status": .string($0.key)], "count": .integer($0.value)]
                            }
                        )
                    ],
                ])
            )
        }
    }

    private static func at(_ seconds: Double) -> Timestamp {
        Timestamp(milliseconds: start.milliseconds + Int64(seconds * 1_000))
    }

    // MARK: Create

    @Test("a create with a marker is asked for at once")
    func createAtOnce() throws {
        let scene = try Scene(.create)
        #expect(scene.move(at: 0) == .ask(scene.remote))
    }

    @Test("a create without a marker first notes what is alike at the server")
    func createWithoutMarker() throws {
        let scene = try Scene(.create, marker: nil)
        #expect(scene.move(at: 0) == .read(notBefore: Self.at(0)))
        let move = scene.move(at: 1, read: 0.5, [try scene.entry("DRAFT", id: "old")])
        guard case .ask(let remote) = move else {
            Issue.record("\(move)")
            return
        }
        #expect(remote.knownBefore == ["old"])
    }

    @Test("a lost create is adopted as soon as a whole reading shows it", arguments: [true, false])
    func createFound(hasMarker: Bool) throws {
        let scene = try Scene(.create, marker: hasMarker ? "k7k7k7k7k7" : nil).asked(
            .doubtful,
            at: 1
        )
        let move = scene.move(at: 3, read: 2, [try scene.entry("DRAFT", id: "new")])
        guard case .end(.completed, let remote) = move else {
            Issue.record("\(move)")
            return
        }
        #expect(remote.remoteID == "new")
        #expect(remote.intent == nil)
    }

    @Test("of several the oldest is adopted, and the others are flagged")
    func createdTwice() throws {
        let scene = try Scene(.create).asked(.doubtful, at: 1)
        let entries = [
            try scene.entry("DRAFT", id: "b", made: 5), try scene.entry("DRAFT", id: "a", made: 4),
        ]
        guard case .end(.completed, let remote) = scene.move(at: 9, read: 8, entries) else {
            Issue.record("not adopted")
            return
        }
        #expect(remote.remoteID == "a")
        #expect(remote.duplicates == ["b"])
    }

    @Test("what was there before, or is much older, is not adopted without a marker")
    func createNotOurs() throws {
        var scene = try Scene(.create, marker: nil).asked(.doubtful, at: 1)
        scene.remote.knownBefore = ["old"]
        let entries = [
            try scene.entry("DRAFT", id: "old"),
            try scene.entry("DRAFT", id: "older", made: -4_000),
            try scene.entry("DRAFT", id: "other", list: "777777777777777777777777"),
        ]
        #expect(
            scene.move(at: 3, read: 2, entries) == .end(.snoozed(until: Self.at(31)), scene.remote)
        )
    }

    @Test("a create is asked for again only after the settle window and two whole readings")
    func createAgain() throws {
        let scene = try Scene(.create).asked(.doubtful, at: 1)
        #expect(scene.move(at: 2) == .read(notBefore: Self.at(1)))
        #expect(scene.move(at: 3, read: 2) == .end(.snoozed(until: Self.at(31)), scene.remote))
        let once = scene.move(at: 32, read: 31.5)
        guard case .end(.snoozed(let until), let remote) = once else {
            Issue.record("\(once)")
            return
        }
        #expect(until == Self.at(37))
        #expect(remote.intent?.misses == 1)
        let incomplete = scene.asked(.doubtful, at: 1, misses: 1)
        #expect(
            incomplete.move(at: 40, read: 39, complete: false)
                == .end(.snoozed(until: Self.at(45)), incomplete.remote)
        )
        guard case .ask = incomplete.move(at: 40, read: 39) else {
            Issue.record("not asked again")
            return
        }
    }

    @Test("a create that the server accepted is never asked for again")
    func createAccepted() throws {
        let scene = try Scene(.create).asked(.accepted, at: 1)
        guard case .end(.snoozed, _) = scene.move(at: 500, read: 499) else {
            Issue.record("not waited for")
            return
        }
        guard case .end(.held, _) = scene.move(at: 902, read: 901) else {
            Issue.record("not held")
            return
        }
    }

    @Test("a campaign that bears the marker but differs is not built")
    func createDiffers() throws {
        let scene = try Scene(.create).asked(.accepted, at: 1)
        let entry = try scene.entry("DRAFT", list: "777777777777777777777777")
        guard case .end(.discarded(let failure), _) = scene.move(at: 3, read: 2, [entry]) else {
            Issue.record("not given up")
            return
        }
        #expect(failure.message.contains("contactListId"))
    }

    @Test("a refusal is final once a reading shows no effect, and forgotten for a retry")
    func createRefused() throws {
        let scene = try Scene(.create).asked(.refused, at: 1)
        #expect(scene.move(at: 2) == .read(notBefore: Self.at(1)))
        guard case .end(.discarded(let failure), let remote) = scene.move(at: 3, read: 2) else {
            Issue.record("not given up")
            return
        }
        #expect(failure.errorClass == .permanent)
        #expect(failure.message.contains("words"))
        #expect(remote.intent == nil)
    }

    // MARK: Build and send

    @Test("build and send read before they ask", arguments: [CampaignStep.build, .send])
    func readFirst(step: CampaignStep) throws {
        let scene = try Scene(step)
        #expect(scene.move(at: 0) == .read(notBefore: Self.at(0)))
        let before = step == .build ? "DRAFT" : "BUILD"
        guard case .ask = scene.move(at: 2, read: 1, [try scene.entry(before)]) else {
            Issue.record("not asked")
            return
        }
    }

    @Test(
        "the change log is the receipt, whatever the reply was",
        arguments: [RemoteIntent.Standing.doubtful, .accepted, .refused]
    )
    func receipt(standing: RemoteIntent.Standing) throws {
        let build = try Scene(.build).asked(standing, at: 1)
        let built = try build.entry("WORKING", log: ["DRAFT", "BUILD"])
        guard case .end(.completed, _) = build.move(at: 3, read: 2, [built]) else {
            Issue.record("not built")
            return
        }
        let send = try Scene(.send).asked(standing, at: 1)
        let sending = try send.entry("WORKING", log: ["DRAFT", "BUILD", "SENDING"])
        guard case .end(.following, _) = send.move(at: 3, read: 2, [sending]) else {
            Issue.record("not followed")
            return
        }
    }

    @Test("a lost build is asked for again after the settle window and two readings")
    func buildAgain() throws {
        let scene = try Scene(.build).asked(.doubtful, at: 1, misses: 1)
        let draft = try scene.entry("DRAFT")
        guard case .end(.snoozed(let until), _) = scene.move(at: 3, read: 2, [draft]) else {
            Issue.record("not waited")
            return
        }
        #expect(until == Self.at(31))
        guard case .ask = scene.move(at: 40, read: 39, [draft]) else {
            Issue.record("not asked again")
            return
        }
    }

    @Test("a lost send that nothing shows is held, or sent again where the account says so")
    func ambiguousSend() throws {
        var scene = try Scene(.send).asked(.doubtful, at: 1, misses: 1)
        let built = try scene.entry("BUILD")
        guard case .end(.snoozed, _) = scene.move(at: 3, read: 2, [built]) else {
            Issue.record("not waited")
            return
        }
        guard case .end(.held(let text), _) = scene.move(at: 40, read: 39, [built]) else {
            Issue.record("not held")
            return
        }
        #expect(text.contains("a1 is BUILD"))
        #expect(text.contains("words"))
        scene.policy.ambiguousSend = .resend
        guard case .ask = scene.move(at: 40, read: 39, [built]) else {
            Issue.record("not sent again")
            return
        }
    }

    @Test("an accepted send is never asked for again, whatever the policy")
    func acceptedSend() throws {
        var scene = try Scene(.send).asked(.accepted, at: 1, misses: 5)
        scene.policy.ambiguousSend = .resend
        let built = try scene.entry("BUILD")
        guard case .end(.snoozed, _) = scene.move(at: 500, read: 499, [built]),
            case .end(.held, _) = scene.move(at: 902, read: 901, [built])
        else {
            Issue.record("asked again")
            return
        }
    }

    @Test("a status nobody knows, new since a send was asked for, counts as sending")
    func unknownStatus() throws {
        let scene = try Scene(.send).asked(.doubtful, at: 1, misses: 1)
        let entry = try scene.entry("HATCHING", log: ["DRAFT", "BUILD"])
        guard case .end(.following, let remote) = scene.move(at: 40, read: 39, [entry]) else {
            Issue.record("not followed")
            return
        }
        #expect(remote.mirror?.status == "HATCHING")
    }

    @Test("an alias gives a status of the server's own a meaning")
    func alias() throws {
        var scene = try Scene(.build).asked(.accepted, at: 1)
        scene.policy.statuses = ["READY": .build]
        let ready = try scene.entry("Ready")
        guard case .end(.completed, _) = scene.move(at: 3, read: 2, [ready]) else {
            Issue.record("not built")
            return
        }
    }

    @Test("what an operator confirmed is taken for done")
    func confirmed() throws {
        let build = try Scene(.build).asked(.confirmed, at: 1)
        guard case .end(.completed, _) = build.move(at: 3, read: 2, [try build.entry("DRAFT")])
        else {
            Issue.record("not completed")
            return
        }
        let send = try Scene(.send).asked(.confirmed, at: 1)
        guard case .end(.following, _) = send.move(at: 3, read: 2, [try send.entry("BUILD")])
        else {
            Issue.record("not followed")
            return
        }
    }

    @Test("a campaign that is not listed any more costs an attempt only after three readings")
    func absent() throws {
        var scene = try Scene(.build)
        for quiet in 0..<2 {
            scene.remote.quietReadings = quiet
            guard case .end(.snoozed, _) = scene.move(at: 2, read: 1) else {
                Issue.record("not waited")
                return
            }
        }
        scene.remote.quietReadings = 2
        guard case .end(.retry(_, let failure), _) = scene.move(at: 2, read: 1) else {
            Issue.record("not failed")
            return
        }
        #expect(failure.errorClass == .transient)
    }

    @Test("a campaign that failed at the server fails here, before it is sent")
    func failed() throws {
        let scene = try Scene(.build).asked(.accepted, at: 1)
        let entry = try scene.entry("FAILED", log: ["DRAFT"])
        guard case .end(.discarded(let failure), _) = scene.move(at: 3, read: 2, [entry]) else {
            Issue.record("not failed")
            return
        }
        #expect(failure.errorClass == .permanent)
    }

    // MARK: Following

    /// How a campaign stands at the server, and what it becomes here.
    struct End: Sendable {
        var status: String
        var counts: [String: Int64] = [:]
        var end: CampaignStatus?
    }

    @Test(
        "a sent campaign ends by its status or its counts, and is never failed for an unknown word",
        arguments: [
            End(status: "SENT", end: .sent), End(status: "Completed", end: .sent),
            End(status: "PARTIAL", end: .partial), End(status: "FAILED", end: .partial),
            End(status: "CANCELLED", end: .cancelled),
            End(status: "SENDING", counts: ["SENT": 3, "FAILED": 1], end: .sent),
            End(status: "SENDING", counts: ["SENT": 3, "UNKNOWN": 1], end: .partial),
            End(status: "HATCHING", counts: ["DELIVERED": 3], end: .sent),
            End(status: "SENDING", counts: ["SENT": 3, "PENDING": 1]),
            End(status: "SENDING", counts: ["SENT": 3, "HATCHING": 1]),
            End(status: "PAUSED", counts: ["SENT": 3]), End(status: "HATCHING"),
        ]
    )
    func ends(test: End) throws {
        var scene = try Scene(.send)
        scene.status = .sending
        let entry = try scene.entry(test.status, log: ["SENDING"], counts: test.counts)
        switch scene.move(at: 3, read: 2, [entry]) {
        case .end(.settled(let status, _), _): #expect(status == test.end)
        case .end(.following, _): #expect(test.end == nil)
        case let move: Issue.record("\(move)")
        }
    }

    @Test(
        "looks at a campaign grow apart while nothing changes, and begin anew when something does"
    )
    func poll() throws {
        var scene = try Scene(.send)
        scene.status = .sending
        let entry = try scene.entry("SENDING", log: ["SENDING"], counts: ["PENDING": 5])
        var waits: [Int64] = []
        for _ in 0..<8 {
            guard case .end(.following(let until), let remote) = scene.move(at: 3, read: 2, [entry])
            else {
                Issue.record("not followed")
                return
            }
            waits.append((until - Self.at(3)).wholeMilliseconds / 1_000)
            scene.remote = remote
        }
        #expect(waits == [5, 10, 20, 40, 80, 160, 300, 300])
        let changed = try scene.entry("SENDING", log: ["SENDING"], counts: ["PENDING": 4])
        guard case .end(.following(let until), _) = scene.move(at: 3, read: 2, [changed]) else {
            Issue.record("not followed")
            return
        }
        #expect(until == Self.at(8))
    }

    @Test("a campaign that never changes is followed for a week")
    func followedOut() throws {
        var scene = try Scene(.send)
        scene.status = .sending
        let entry = try scene.entry("SENDING", log: ["SENDING"], counts: ["PENDING": 5])
        guard case .end(.following, let remote) = scene.move(at: 3, read: 2, [entry]) else {
            Issue.record("not followed")
            return
        }
        scene.remote = remote
        let week = 7.0 * 86_400 + 4
        guard
            case .end(.settled(.partial, let reason), _) = scene.move(at: week, read: week, [entry])
        else {
            Issue.record("followed on")
            return
        }
        #expect(reason?.contains("7 days") == true)
    }
}
