/// What `campaignctl backup` prints.
package struct BackupBody: Codable, Sendable, Equatable {
    package var result = "success"
    package var file: String
    package var bytes: Int64

    /// Makes a result.
    package init(file: String, bytes: Int64) {
        self.file = file
        self.bytes = bytes
    }
}

/// What `campaignctl restore FILE` prints.
package struct RestoreBody: Codable, Sendable, Equatable {
    package var result = "success"
    package var file: String
    /// When the backup was taken; of an unstamped copy, when it was restored.
    package var takenAt: String
    /// The folder that has the old database now; absent where there was none.
    package var setAside: String?
    /// Jobs held until they are acknowledged.
    package var heldJobs: Int64

    /// Makes a result.
    package init(file: String, takenAt: String, setAside: String?, heldJobs: Int64) {
        self.file = file
        self.takenAt = takenAt
        self.setAside = setAside
        self.heldJobs = heldJobs
    }
}

/// What `campaignctl compact` prints.
package struct CompactBody: Codable, Sendable, Equatable {
    package var result = "success"
    package var bytesBefore: Int64
    package var bytes: Int64

    /// Makes a result.
    package init(bytesBefore: Int64, bytes: Int64) {
        self.bytesBefore = bytesBefore
        self.bytes = bytes
    }
}
