import APITypes
import Campaigns
import JobQueue
import TestSupport
import Testing

/// What a job waits for, and what a doctor says of work and clock.
@Suite("why and doctor", .timeLimit(.minutes(10)))
struct WhyTests {
    @Test("a job waits for its date, for a pause to end, for a worker, for somebody, for nothing")
    func reasons() throws {
        let clock = ManualClock()
        let site = try APISite(clock: clock)
        let seed = try SeedData(site)
        let dated = try job(site, #"{"spec":\#(seed.spec()),"until":"create","in":"10m"}"#)
        // The date is the last step's, which is the first here.
        #expect(try why(site, dated.id)["waitsFor"] == "date")
        #expect(try why(site, dated.id)["until"] != nil)
        let ready = try job(site, #"{"spec":\#(seed.spec()),"priority":3}"#)
        #expect(try why(site, ready.id)["waitsFor"] == "worker")
        _ = try site.call("PUT", "/api/kinds/create/pause")
        #expect(try why(site, ready.id)["waitsFor"] == "pause")
        #expect(try why(site, ready.id)["whatToDo"] == "campaignctl resume create")
        _ = try site.call("PUT", "/api/kinds/create/resume")
        _ = try site.call("PUT", "/api/campaign/\(ready.campaign)/pause")
        #expect(try why(site, ready.id)["waitsFor"] == "operator")
        let resume: JSONValue = .string("campaignctl campaigns resume \(ready.campaign)")
        #expect(try why(site, ready.id)["whatToDo"] == resume)
        _ = try site.call("PUT", "/api/campaign/\(ready.campaign)/cancel")
        #expect(try why(site, ready.id)["waitsFor"] == "nothing")
        #expect(try site.call("GET", "/api/jobs/99/why").status == 404)
    }

    @Test("without a daemon a job waits for one")
    func offline() throws {
        let site = try APISite(hasDaemon: false)
        let seed = try SeedData(site)
        let ready = try job(site, #"{"spec":\#(seed.spec())}"#)
        #expect(try why(site, ready.id)["waitsFor"] == "daemon")
    }

    @Test("a doctor finds a job that waits too long, and a clock that went back")
    func doctor() throws {
        let clock = ManualClock()
        let site = try APISite(clock: clock)
        let seed = try SeedData(site)
        _ = try job(site, #"{"spec":\#(seed.spec())}"#)
        clock.advance(by: .seconds(1_000))
        clock.setWall(clock.wall - .seconds(90_000))
        let findings = try site.call("GET", "/api/doctor").json["findings"]?.elements ?? []
        let faults = findings.filter { $0["level"] == "fault" }
        // The site does without fsync, which is a fault as well.
        #expect(Set(faults.compactMap { $0["check"]?.text }) == ["work", "clock", "sqlite"])
        #expect(faults.allSatisfy { $0["whatToDo"]?.text?.isEmpty == false })
        #expect(try site.call("GET", "/api/doctor", as: .user("u")).status == 403)
    }

    private func job(_ site: APISite, _ body: String) throws -> (id: Int64, campaign: String) {
        let answer = try site.call("POST", "/api/jobs", body)
        return (
            try #require(answer.json["id"]?.integer, "\(answer.text)"),
            try #require(answer.json["campaignId"]?.text)
        )
    }

    private func why(_ site: APISite, _ id: Int64) throws -> JSONValue {
        try site.call("GET", "/api/jobs/\(id)/why").json
    }
}
