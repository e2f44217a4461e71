package import JobQueue
import Synchronization

extension SQLiteStore {
    package func setPaused(_ isPaused: Bool, kind: JobKind, now: Timestamp) throws(StoreError) {
        try write("pause kind") { [events] transaction in
            if isPaused {
                try transaction.run(JobSQL.pauseKind, kind, now)
            } else {
                try transaction.run(JobSQL.resumeKind, kind)
            }
            transaction.afterCommit { events.publish(.lanesChanged) }
        }
    }

    package func pausedKinds() throws(StoreError) -> [JobKind: Timestamp] {
        try read("paused kinds") { snapshot in
            var kinds: [JobKind: Timestamp] = [:]
            try snapshot.query(JobSQL.pausedKinds) { row in
                kinds[JobKind(rawValue: row.text(0))] = row.timestamp(1)
            }
            return kinds
        }
    }

    package func reconcileKinds(known: Set<JobKind>, now: Timestamp) throws(StoreError) {
        knownKinds.withLock { $0 = known }
        for kind in known {
            while try releaseUnknown(kind, now: now) {}
        }
        let lanes = try read("lanes") { snapshot in
            try snapshot.all(JobSQL.lanes) { ($0.int64(0), JobKind(rawValue: $0.text(1))) }
        }
        for (lane, kind) in lanes where !known.contains(kind) {
            while try holdUnknown(lane: lane, now: now) {}
        }
    }

    /// Releases a chunk of what an older daemon could not run; false when none is left.
    private func releaseUnknown(_ kind: JobKind, now: Timestamp) throws(StoreError) -> Bool {
        try writeJobs("release kind", now: now) { ledger in
            let ids = try ledger.transaction.all(
                JobSQL.heldOfKind,
                kind,
                HoldReason.unknownKind,
                Self.kindChunk
            ) { $0.int64(0) }
            for id in ids {
                guard let found = try ledger.find(id) else { continue }
                try ledger.move(found, JobChange(to: .available), record: nil)
            }
            return ids.count == Self.kindChunk
        }
    }

    private func holdUnknown(lane: Int64, now: Timestamp) throws(StoreError) -> Bool {
        try writeJobs("hold kind", now: now) { ledger in
            let ids = try ledger.transaction.all(
                JobSQL.availableOfLane,
                lane,
                Self.kindChunk
            ) { $0.int64(0) }
            for id in ids {
                guard let found = try ledger.find(id) else { continue }
                var change = JobChange(to: .held)
                change.holdReason = .unknownKind
                try ledger.move(found, change, record: nil)
            }
            return ids.count == Self.kindChunk
        }
    }

    /// Jobs one transaction moves at most.
    private static let kindChunk = 500
}
