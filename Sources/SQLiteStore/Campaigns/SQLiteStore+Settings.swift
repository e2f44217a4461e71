package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func keepSettings(_ settings: ServiceSettings) throws(StoreError) {
        try write("settings") { transaction in
            try transaction.run(JobSQL.keepSetting, "maxAttempts", String(settings.maxAttempts))
            try transaction.run(JobSQL.keepSetting, "region", settings.region)
            try transaction.run(JobSQL.keepSetting, "defaultAccount", settings.defaultAccount)
            let accounts = settings.remoteAccounts.joined(separator: " ")
            try transaction.run(JobSQL.keepSetting, "remoteAccounts", accounts)
            try transaction.run(JobSQL.keepSetting, "publicURL", settings.publicURL ?? "")
        }
    }

    package func keptSettings() throws(StoreError) -> ServiceSettings {
        try read("settings") { snapshot in
            var settings = ServiceSettings()
            try snapshot.query(JobSQL.settings) { row in
                switch row.text(0) {
                case "maxAttempts": settings.maxAttempts = Int(row.text(1)) ?? settings.maxAttempts
                case "region": settings.region = row.text(1)
                case "defaultAccount": settings.defaultAccount = row.text(1)
                case "remoteAccounts":
                    settings.remoteAccounts = row.text(1).split(separator: " ").map(String.init)
                case "publicURL": settings.publicURL = row.text(1).isEmpty ? nil : row.text(1)
                default: break
                }
            }
            return settings
        }
    }
}
