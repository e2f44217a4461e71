import APITypes
import Campaigns
import Glibc
import JobQueue
import Synchronization

extension RouteTable {
    /// Backups, and what is held after one was restored.
    static let backupRoutes: [Route] = [
        Route(
            method: .get,
            path: "/api/backup",
            operation: "getBackup",
            summary: "Hands out a verified copy of the database as of now.",
            access: .operatorOnly,
            replies: [
                Route.Reply(
                    status: 200,
                    summary: "An SQLite database, stamped as a backup.",
                    content: [(MediaType.database, .text)]
                )
            ],
            handle: { try $0.getBackup() }
        ),
        Route(
            method: .put,
            path: "/api/campaign/{id}/acknowledge",
            operation: "acknowledgeCampaign",
            summary: "Lets a campaign go on that is held because the database was restored.",
            access: .operatorOnly,
            repeats: .byAnswer,
            replies: [.json(.result, "It goes on.")],
            handle: { call in
                let id = try call.objectID()
                try call.service.acknowledgeRestored(id)
                let campaign = try call.service.campaign(id, as: call.caller)
                return try .json(ResultBody(status: campaign.status.rawValue))
            }
        ),
        Route(
            method: .put,
            path: "/api/restored/acknowledge",
            operation: "acknowledgeRestored",
            summary: "Lets everything go on that is held because the database was restored.",
            access: .operatorOnly,
            repeats: .byAnswer,
            replies: [.json(.action, "What came of it.")],
            handle: { call in
                let count = Int64(try call.service.acknowledgeAllRestored())
                return try .json(
                    ActionBody(
                        matched: count,
                        changed: count,
                        refused: [],
                        dryRun: false
                    )
                )
            }
        ),
    ]
}

extension Call {
    fileprivate func getBackup() throws -> APIReply {
        guard api.isBackingUp.exchange(true, ordering: .acquiring) == false else {
            throw Problem(.inProgress, "another backup is being made: try again when it is done")
        }
        defer { api.isBackingUp.store(false, ordering: .releasing) }
        let path = "\(api.place.dataDir)/\(Self.backupName)"
        try service.stored { () throws(StoreError) in
            try service.store.backUp(to: path, now: service.clock.now)
        }
        // It has no name from here on, so that no end of the process leaves it behind.
        let source = DatabaseSource(opening: path)
        unlink(path)
        guard let source else { throw Problem(.internal, "the backup cannot be read") }
        return APIReply(
            status: 200,
            headers: [(name: "content-type", value: MediaType.database)],
            content: .lines(source)
        )
    }

    private static let backupName = "backup.sqlite3"
}

/// A finished copy of the database, read part by part; not the database itself, whose locks closing
/// a descriptor would drop.
private final class DatabaseSource: ByteSource {
    private let descriptor: Int32

    init?(opening path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    func next() throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: Self.partBytes)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else {
            throw Problem(
                .internal,
                "the backup cannot be read: \(String(cString: strerror(errno)))"
            )
        }
        return count == 0 ? nil : Array(bytes.prefix(count))
    }

    private static let partBytes = 256 * 1_024
}
