import Dispatch
import TestSupport

@testable import Campaigns
@testable import JobQueue
@testable import SQLiteStore

/// Waiting for what the engine does by itself.
extension Engine {
    /// Blocks until the campaign stands so.
    @discardableResult
    func wait(for id: String, _ status: CampaignStatus) throws -> Campaign {
        try events.wait(for: "campaign \(id) \(status.rawValue)") { events in
            let last = events.last { event in
                if case .campaign(id, _) = event { true } else { false }
            }
            return last == .campaign(id: id, status: status.rawValue)
        }
        return try campaign(id)
    }

    /// Blocks until the job is in the state.
    @discardableResult
    func wait(forJob id: Int64, _ state: JobState) throws -> Job {
        try events.wait(for: "job \(id) \(state.rawValue)") { events in
            let last = events.last { event in
                if case .job(id, _, _) = event { true } else { false }
            }
            if case .job(_, _, state) = last { return true }
            return false
        }
        return try job(id)
    }

    /// Blocks until the campaign's create is done; returns the job that follows.
    @discardableResult
    func waitUntilCreated(_ id: String) throws -> Job {
        var filter = JobFilter()
        filter.campaignID = id
        filter.kind = .create
        let create = try required(store.jobs(matching: filter, before: nil, limit: 1).first)
        try wait(forJob: create.id, .completed)
        return try newestJob(of: id)
    }

    /// Returns when a dispatcher has taken in all that happened and does nothing more by itself.
    ///
    /// Only for channels that a ``ScriptedTransport`` carries.
    func settle(_ channel: Channel = .email) throws {
        let dispatcher = try required(dispatchers[channel])
        let transport = try required(transports[channel] as? ScriptedTransport)
        repeat {
            try flush()
        } while dispatcher.queue.sync {
            dispatcher.isExchanging || !dispatcher.ended.isEmpty
                || dispatcher.sending != transport.held.count
        }
    }

    /// Returns when every write handed in before is committed and its caller told.
    func flush() throws {
        let signal = TestSignal()
        store.submit("flush") { _ in
        } completion: { _ in
            signal.fire()
        }
        try signal.wait(for: "the writer")
    }
}

/// What a test needs and did not get.
struct Missing: Error {
    let what: String
}

/// The value, or an error that names its type.
func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Missing(what: "\(Value.self)") }
    return value
}
