package import JobQueue

/// Jobs as a caller may see them: a user's own, and for the operator all.
extension CampaignService {
    /// The job; not found too where it is another user's.
    package func job(_ id: Int64, as caller: Caller) throws(ServiceError) -> Job {
        let job = try stored { () throws(StoreError) in try store.job(id) }
        guard let job, caller.maySee(job) else { throw .store(.notFound("job", "\(id)")) }
        return job
    }

    /// The whole history of a job, oldest first.
    package func attempts(ofJob id: Int64, as caller: Caller) throws(ServiceError) -> [Attempt] {
        _ = try job(id, as: caller)
        return try stored { () throws(StoreError) in try store.attempts(ofJob: id) }
    }

    /// Jobs older than `before`, newest first.
    package func jobs(
        matching filter: JobFilter,
        before: Int64?,
        limit: Int,
        as caller: Caller
    ) throws(ServiceError) -> [Job] {
        var filter = filter
        if let user = caller.userID { filter.userID = user }
        return try stored { [filter] () throws(StoreError) in
            try store.jobs(matching: filter, before: before, limit: limit)
        }
    }

    /// Does `action` to the jobs named; another user's are reported as not there.
    package func operate(_ action: JobAction, onJobs ids: [Int64], as caller: Caller)
        throws(ServiceError) -> [JobActionResult]
    {
        guard caller != .operator else { return try operate(action, onJobs: ids) }
        var own: [Int64] = []
        var results: [JobActionResult] = []
        for id in ids {
            let job = try stored { () throws(StoreError) in try store.job(id) }
            if let job, caller.maySee(job) {
                own.append(id)
            } else {
                results.append(
                    JobActionResult(jobID: id, state: nil, refusal: "there is no job \(id)")
                )
            }
        }
        return try results + operate(action, onJobs: own)
    }
}

extension Caller {
    /// Whether the job is this caller's to see and change.
    fileprivate func maySee(_ job: Job) -> Bool {
        switch self {
        case .operator: true
        case .user(let id): job.userID == id
        }
    }
}

/// Kinds of jobs as a whole.
extension CampaignService {
    /// Whether claims of the kind are stopped.
    package func isPaused(_ kind: JobKind) throws(ServiceError) -> Bool {
        try stored { () throws(StoreError) in try store.pausedKinds()[kind] != nil }
    }

    /// Stops or allows claims of a kind.
    package func setPaused(_ isPaused: Bool, kind: JobKind) throws(ServiceError) {
        try stored { () throws(StoreError) in
            try store.setPaused(isPaused, kind: kind, now: clock.now)
        }
    }
}
