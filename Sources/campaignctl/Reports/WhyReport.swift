import APITypes
import JobQueue

/// What a job waits for, in a few lines.
struct WhyReport {
    let why: WhyBody
    let now: Timestamp

    var lines: [String] {
        var fields = FieldList()
        fields.add("job", "\(why.jobId) (\(why.kind)), \(why.state)")
        if let campaign = why.campaignId { fields.add("campaign", campaign) }
        fields.add("waits for", why.waitsFor)
        fields.add("because", why.detail)
        if let until = why.until {
            fields.add("until", "\(until) (\(TimeText.relative(until, to: now)))")
        }
        if let whatToDo = why.whatToDo { fields.add("do", whatToDo) }
        return fields.lines.map(DisplayText.printable)
    }
}
