import APITypes

/// What a progress bar shows while a campaign is carried out.
struct WaitProgress: Equatable {
    var title: String
    var done: Int64
    var total: Int64?

    init(_ state: WaitBody) {
        if let campaign = state.campaign, state.job?.kind == "send" {
            let tally = MessageTally(campaign.messages)
            title = "sending"
            done = tally.settled
            total = tally.total
        } else {
            title = Self.titles[state.job?.kind ?? ""] ?? "waiting"
            done = state.job?.progress.done ?? 0
            total = state.job?.progress.total
        }
    }

    /// Draws it.
    func show(on bar: ProgressBar) {
        bar.update(title: title, done: done, total: total)
    }

    private static let titles = ["create": "checking", "build": "building"]
}
