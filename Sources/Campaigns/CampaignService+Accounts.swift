package import JobQueue

/// Accounts at remote servers.
extension CampaignService {
    /// The accounts that are configured, by name.
    package func accounts() throws(ServiceError) -> [AccountOverview] {
        try stored { () throws(StoreError) in try store.accounts() }
    }

    /// The account; not found where it is not configured.
    package func account(_ name: String) throws(ServiceError) -> AccountOverview {
        guard let account = try accounts().first(where: { $0.account.name == name }) else {
            throw .store(.notFound("account", name))
        }
        return account
    }

    /// Starts no request of the account any more; those under way keep their outcome.
    package func pauseAccount(_ name: String) throws(ServiceError) {
        try stored { () throws(StoreError) in
            try store.setAccountPaused("by an operator", account: name, now: clock.now)
        }
    }

    /// Goes on; the account's token is read anew.
    package func resumeAccount(_ name: String) throws(ServiceError) {
        try stored { () throws(StoreError) in
            try store.setAccountPaused(nil, account: name, now: clock.now)
        }
    }

    /// The evidence of a job, oldest first.
    package func exchanges(ofJob job: Job) throws(ServiceError) -> [RemoteExchange] {
        guard job.account != Self.localAccount else { return [] }
        return try stored { () throws(StoreError) in try store.exchanges(ofJob: job.id) }
    }

    /// Throws the faults of requests that name an account which is not configured.
    func checkAccounts(of requests: [Request]) throws(ServiceError) {
        let known = Set(settings.remoteAccounts + [Self.localAccount])
        let faults = requests.enumerated().compactMap { index, request -> EntryFault? in
            guard let name = request.account, !known.contains(name) else { return nil }
            let names = known.sorted().joined(separator: ", ")
            let text = "there is no account \(name.prefix(100)); the configuration has \(names)"
            return EntryFault(index: index, fault: FieldFault("account", text))
        }
        if !faults.isEmpty { throw .unprocessableEntries(Array(faults.prefix(100))) }
    }
}
