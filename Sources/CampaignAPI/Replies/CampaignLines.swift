import APITypes
import Campaigns
import Synchronization

/// Every campaign that matches, newest first, one JSON document a line, a page at a time.
final class CampaignLines: ByteSource {
    private struct State {
        /// The short number of the last campaign handed out.
        var last: Int64?
        var left: Int
        var isAtEnd = false
        var ahead: [UInt8]?
    }

    private let filter: CampaignFilter
    private let service: CampaignService
    private let caller: Caller
    private let state: Mutex<State>

    init(
        _ filter: CampaignFilter,
        limit: Int?,
        service: CampaignService,
        caller: Caller
    ) throws {
        self.filter = filter
        self.service = service
        self.caller = caller
        state = Mutex(State(left: limit ?? .max))
        let first = try next()
        state.withLock { $0.ahead = first }
    }

    func next() throws -> [UInt8]? {
        // Called by one thread at a time; the lock is not held while the store reads.
        var place = state.withLock { $0 }
        if let ahead = place.ahead {
            state.withLock { $0.ahead = nil }
            return ahead
        }
        var bytes: [UInt8] = []
        while bytes.isEmpty, !place.isAtEnd, place.left > 0 {
            var filter = filter
            filter.before = place.last
            let found = try service.campaigns(
                matching: filter,
                page: 1,
                limit: min(PageLimit.lines, place.left),
                as: caller
            )
            place.isAtEnd = found.campaigns.count < PageLimit.lines
            for campaign in found.campaigns {
                bytes += try JSONCoding.encode(CampaignBody(detailed: campaign))
                bytes.append(UInt8(ascii: "\n"))
                place.left -= 1
            }
            place.last = found.campaigns.last?.seq ?? place.last
        }
        state.withLock { [place] in $0 = place }
        return bytes.isEmpty ? nil : bytes
    }
}
