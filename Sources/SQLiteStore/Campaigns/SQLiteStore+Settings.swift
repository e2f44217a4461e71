package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func keepSettings(_ settings: ServiceSettings) throws(StoreError) {
        try write("settings") { transaction in
            try transaction.run(JobSQL.keepSetting, "maxAttempts", String(settings.maxAttempts))
            try transaction.run(JobSQL.keepSetting, "region", settings.region)
        }
    }

    package func keptSettings() throws(StoreError) -> ServiceSettings {
        try read("settings") { snapshot in
            var settings = ServiceSettings()
            try snapshot.query(JobSQL.settings) { row in
                switch row.text(0) {
                case "maxAttempts": settings.maxAttempts = Int(row.text(1)) ?? settings.maxAttempts
                case "region": settings.region = row.text(1)
                default: break
                }
            }
            return settings
        }
    }
}
