import Campaigns
import Dispatch
import JobQueue
import SQLiteStore
import Synchronization
import TestSupport
import Testing

@testable import RemoteCampaigns

/// One engine drives another over a network that fails in every way.
@Suite("Remote: this daemon's own API behind a proxy", .timeLimit(.minutes(10)))
struct OwnServerTests {
    @Test(
        "whatever the network does to a write, one campaign is built and sent, once",
        arguments: CampaignStep.allCases
    )
    func faults(step: CampaignStep) async throws {
        try await blocking { try Self.run(step) }
    }

    private static func run(_ step: CampaignStep) throws {
        let upstream = try OwnServer()
        // What is done to the next write of the step.
        let next = NextFault()
        let proxy = try FaultProxy(to: upstream.port) { request in
            let isCreate = request.method == "POST"
            let isMeant = step == .create ? isCreate : request.target.hasSuffix("/\(step.rawValue)")
            return isMeant ? next.take() : .none
        }
        let policy = AccountPolicy.test(proxy.url, token: OwnServer.token) {
            $0.requestTimeout = .seconds(60)
        }
        let site = try RemoteSite([policy])
        var sent = 0
        for fault in FaultProxy.Fault.allCases {
            next.set(fault)
            let id = try site.enqueue(upstream.spec)
            var campaign = try site.settle(id)
            if step == .send, !fault.hasEffect {
                // Only here the server cannot tell: it shows BUILD, and might be about to send.
                let job = try #require(try site.store.newestJob(ofCampaign: id))
                #expect(job.holdReason == .inDoubt, "\(fault)")
                #expect(campaign.status == .build, "\(fault)")
                _ = try site.service.operate(.resolve(happened: false), onJobs: [job.id])
                campaign = try site.settle(id)
            }
            #expect(campaign.status == .sent, "\(fault): \(campaign.reason ?? "")")
            sent += 1
            let there = try upstream.campaigns.filter { $0.spec.name == campaign.remote?.name }
            #expect(there.count == (step == .create && fault == .duplicate ? 2 : 1), "\(fault)")
            #expect(there.filter { $0.status == .sent }.map(\.id) == [campaign.remote?.remoteID])
            #expect(there.filter { $0.status != .sent }.allSatisfy { $0.status == .draft })
            #expect(try upstream.files.count == sent * OwnServer.recipients, "\(fault)")
        }
        try site.close()
        proxy.stop()
        try upstream.stop()
    }

    /// Runs blocking work on a thread of its own: the server needs those of the concurrency pool.
    private func blocking(_ work: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "test.remote").async {
                continuation.resume(with: Result { try work() })
            }
        }
    }
}

/// A fault that strikes once.
private final class NextFault: Sendable {
    private let fault = Mutex(FaultProxy.Fault.none)

    func set(_ next: FaultProxy.Fault) { fault.withLock { $0 = next } }

    func take() -> FaultProxy.Fault {
        fault.withLock { fault in
            defer { fault = .none }
            return fault
        }
    }
}

extension FaultProxy.Fault {
    /// Whether the server acts on the request in the end.
    fileprivate var hasEffect: Bool {
        switch self {
        case .none, .dropReply, .cutStatusLine, .cutReplyHead, .cutReplyBody, .delay, .duplicate,
            .error500After, .error502After:
            true
        case .dropRequest, .cutRequestLine, .cutRequestHead, .cutRequestBody, .error500Before,
            .error502Before:
            false
        }
    }
}
