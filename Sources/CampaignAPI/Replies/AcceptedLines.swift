import APITypes
import Campaigns
import Synchronization

/// The jobs of a bulk request, one JSON document a line.
final class AcceptedLines: ByteSource {
    private let jobs: [AcceptedJob]
    private let position = Atomic<Int>(0)

    init(_ jobs: [AcceptedJob]) {
        self.jobs = jobs
    }

    func next() throws -> [UInt8]? {
        let end = position.wrappingAdd(PageLimit.lines, ordering: .relaxed).newValue
        let page = jobs.dropFirst(end - PageLimit.lines).prefix(PageLimit.lines)
        guard !page.isEmpty else { return nil }
        var bytes: [UInt8] = []
        for accepted in page {
            var body = JobBody(accepted.job)
            body.replayed = accepted.isReplayed
            bytes += try JSONCoding.encode(body)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
