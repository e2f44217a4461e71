package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func messageTotals() throws(StoreError) -> [MessageTotal] {
        try read("message totals") { snapshot in
            var totals: [MessageTotal] = []
            try snapshot.query(MonitorSQL.messageTotals) { row in
                guard let channel = Channel(rawValue: row.text(0)),
                    let state = MessageState(rawValue: row.text(1))
                else { return }
                totals.append(
                    MessageTotal(
                        channel: channel,
                        state: state,
                        detail: row.text(2),
                        count: row.int64(3)
                    )
                )
            }
            return totals
        }
    }

    package func longestWaits() throws(StoreError) -> LongestWaits {
        try read("longest waits") { snapshot in
            var waits = LongestWaits(
                jobs: [:],
                sending: try snapshot.first(MonitorSQL.longestSending) { $0.timestamp(0) }
            )
            try snapshot.query(MonitorSQL.longestWaits) { row in
                waits.jobs[JobKind(rawValue: row.text(0))] = row.timestamp(1)
            }
            return waits
        }
    }

    package func isOnProbation(job id: Int64) throws(StoreError) -> Bool {
        try read("probation") { try $0.first(MonitorSQL.isOnProbation, id) { $0.bool(0) } ?? false }
    }

    package func nextMessageDue(inCampaign seq: Int64, on channel: Channel) throws(StoreError)
        -> Timestamp?
    {
        try read("next due") { snapshot in
            try snapshot.first(CampaignSQL.nextDue, seq, channel) { $0.timestamp(0) }
        }
    }
}
