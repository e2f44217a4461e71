import JobQueue

/// Answers kept for writes that make no job.
extension CampaignService {
    /// The answer kept for a key of the caller's, or nil.
    package func keptAnswer(forKey key: String, as caller: Caller) throws(ServiceError)
        -> KeptAnswer?
    {
        try stored { () throws(StoreError) in
            try store.keptAnswer(forKey: key, owner: caller.userID)
        }
    }

    /// Keeps an answer, so that a repeat under the same key gets it again.
    package func keepAnswer(_ answer: KeptAnswer, forKey key: String, as caller: Caller)
        throws(ServiceError)
    {
        _ = try stored { () throws(StoreError) in
            try store.keepAnswer(answer, forKey: key, owner: caller.userID, now: clock.now)
        }
    }
}
