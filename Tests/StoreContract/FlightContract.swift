import Campaigns
import JobQueue
import TestSupport
import Testing

/// What becomes of a message in flight, and of its send job, when their daemon ends.
package enum FlightContract {
    package static let behaviours = [
        Behaviour("after a death it is in doubt and goes alone, its job is no suspect", death),
        Behaviour("after an orderly end it is in doubt, and no suspect", close),
        Behaviour("on a channel that holds, it is unknown after either end", hold),
    ]

    static func death(_ bench: JobBench) throws {
        let flight = try Flight(on: bench, .resend)
        for _ in 1...4 {
            try bench.restart(after: .death)
            let job = try bench.job(flight.job.id)
            #expect(job.state == .available)
            #expect(job.attempt == 0 && job.crashes == 0)
            #expect(try bench.claim().map(\.id) == [job.id])
        }
        #expect(try flight.message(bench).state == .ready)
        let again = try #require(try flight.claim(bench).first)
        #expect(again.isSuspect)
    }

    static func close(_ bench: JobBench) throws {
        let flight = try Flight(on: bench, .resend)
        try bench.restart(after: .close)
        #expect(try flight.message(bench).state == .ready)
        #expect(try flight.message(bench).doubts == 1)
        let again = try #require(try flight.claim(bench).first)
        #expect(!again.isSuspect)
        let job = try #require(try bench.claim().first)
        #expect(job.id == flight.job.id && job.crashes == 0)
        try bench.store.beginSend(try #require(job.claim), now: bench.now)
        #expect(try flight.status(bench) == .sending)
    }

    static func hold(_ bench: JobBench) throws {
        for ending in [JobBench.ProcessEnding.death, .close] {
            let flight = try Flight(on: bench, .hold)
            try bench.restart(after: ending)
            #expect(try flight.message(bench).state == .unknown)
            #expect(try flight.status(bench) == .partial)
            let job = try #require(try bench.claim().first)
            try bench.store.beginSend(try #require(job.claim), now: bench.now)
            #expect(try bench.job(flight.job.id).state == .completed)
            #expect(try flight.status(bench) == .partial)
        }
    }
}

/// A campaign of one message, which is in flight.
private struct Flight {
    let campaign: SendingCampaign
    /// The campaign's send job, as it was claimed.
    let job: Job

    init(on bench: JobBench, _ policy: InDoubtPolicy) throws {
        let record = TransportRecord(channel: .email, kind: "test", inDoubt: policy)
        try bench.store.configureTransports([record])
        let campaignID = try bench.campaignJob(until: .send).campaignID
        let handlers: [any JobHandler] = [
            CreateHandler(store: bench.store, clock: bench.clock),
            BuildHandler(store: bench.store, clock: bench.clock),
            SendHandler(store: bench.store, clock: bench.clock),
        ]
        var last: Job?
        for handler in handlers {
            let job = try #require(try bench.claim(1).first)
            #expect(job.kind == handler.kind)
            let claim = try #require(job.claim)
            _ = try handler.run(job, context: JobContext(claim: claim) { false })
            last = job
        }
        job = try #require(last)
        let sending = try bench.store.sendingCampaigns(on: .email)
        campaign = try #require(sending.first { $0.id == campaignID })
        #expect(try claim(bench).count == 1)
    }

    func claim(_ bench: JobBench) throws -> [ClaimedMessage] {
        let quota = MessageQuota(campaign: campaign.seq, limit: 9, takesSuspect: true)
        let exchange = DispatchExchange(
            channel: .email,
            ended: [],
            claims: [quota],
            now: bench.now,
            wall: bench.now
        )
        let reply = Recorder<Result<DispatchBatch, StoreError>>()
        bench.store.dispatch(exchange) { reply.append($0) }
        return try reply.wait(forCount: 1)[0].get().messages
    }

    func message(_ bench: JobBench) throws -> Message {
        let filter = MessageFilter(campaignID: campaign.id)
        return try #require(
            try bench.store.messages(matching: filter, after: 0, limit: 9).first
        )
    }

    func status(_ bench: JobBench) throws -> CampaignStatus? {
        try bench.store.campaign(campaign.id, owner: nil)?.status
    }
}
