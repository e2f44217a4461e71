import APITypes
import JobQueue

/// Failed work by kind and error.
struct FailureReport {
    let groups: [FailureGroupBody]
    let now: Timestamp

    var lines: [String] {
        let reports = groups.map { group in
            let count = DisplayText.count(group.count, "\(group.kind) job")
            let last = TimeText.relative(group.latestAt, to: now)
            let errorClass = group.errorClass.map { "\($0): " } ?? ""
            return [
                "\(count) \(group.state), last \(last)",
                "  " + DisplayText.printable(errorClass + group.error),
                "  example: campaignctl jobs show \(group.exampleJobId)",
                "  do: " + DisplayText.printable(group.whatToDo),
            ]
        }
        return Array(reports.joined(separator: [""]))
    }
}
