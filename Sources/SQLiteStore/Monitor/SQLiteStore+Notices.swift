package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func setNotices(on isOn: Bool) throws(StoreError) {
        try write("notices") { transaction in
            _ = try transaction.run(JobSQL.keepSetting, "notices", isOn ? "on" : "off")
        }
    }

    package func nextNotice() throws(StoreError) -> Notice? {
        try read("next notice") { snapshot in
            try snapshot.first(MonitorSQL.nextNotice) { row in
                Notice(
                    id: row.int64(0),
                    type: row.text(1),
                    jobID: row.int64OrNil(2),
                    campaignID: row.textOrNil(3),
                    state: row.text(4),
                    reason: row.textOrNil(5),
                    at: row.int64(6) == 0 ? nil : row.timestamp(6),
                    attempts: row.int(7),
                    dueAt: row.timestamp(8)
                )
            }
        }
    }

    package func endNotice(_ id: Int64) throws(StoreError) {
        try write("end notice") { _ = try $0.run(MonitorSQL.endNotice, id) }
    }

    package func putOffNotice(_ id: Int64, until due: Timestamp) throws(StoreError) {
        try write("put off notice") { _ = try $0.run(MonitorSQL.putOffNotice, due, id) }
    }
}
