import APITypes
import Campaigns

extension ActionBody {
    /// What came of an action.
    init(_ summary: ActionSummary, dryRun: Bool) {
        self.init(
            matched: summary.matched,
            changed: summary.changed,
            refused: summary.refused.map {
                Refusal(id: $0.id, state: $0.state, reason: $0.reason)
            },
            dryRun: dryRun
        )
    }
}
