import JobQueue

extension CampaignService {
    /// Lets a campaign go on that is held because the database was restored.
    package func acknowledgeRestored(_ id: ObjectID) throws(ServiceError) {
        try stored { () throws(StoreError) in
            try store.acknowledgeRestored(id.description, now: clock.now)
        }
    }

    /// The same for every job that is held so; returns how many there were.
    package func acknowledgeAllRestored() throws(ServiceError) -> Int {
        var done = 0
        var last: Int64 = 0
        while true {
            let ids = try stored { [last] () throws(StoreError) in
                try store.restoredJobs(after: last, limit: Self.chunk)
            }
            guard let end = ids.last else { return done }
            done += try operate(.release, onJobs: ids).count { $0.refusal == nil }
            last = end
        }
    }
}
