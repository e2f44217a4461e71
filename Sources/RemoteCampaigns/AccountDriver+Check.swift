package import Campaigns
import Dispatch
import JobQueue
import Outbound

extension AccountDriver {
    /// Calls back from the driver's queue; for a watchdog.
    package func answer(_ completion: @escaping @Sendable () -> Void) {
        queue.async(execute: completion)
    }

    /// Reads one campaign of the server's list, as the account's rate allows.
    ///
    /// With the token that the file holds now: whoever renewed it sees whether it is good before the
    /// account is resumed. `completion` runs once, on the driver's queue.
    package func check(completion: @escaping @Sendable (ConnectionFault?) -> Void) {
        queue.async { [self] in
            let now = clock.now
            let earliest = [state.gate.nextRequestAt, state.gate.throttledUntil]
                .compactMap(\.self).reduce(now, max)
            guard earliest - now <= Self.checkPatience else {
                return completion(
                    ConnectionFault(
                        "not asked: its rate, or its server, lets the next request leave at \(earliest)",
                        whatToDo: "campaignctl doctor again after that"
                    )
                )
            }
            state.gate.take(at: now, ratePerSecond: policy.ratePerSecond)
            let wait = DispatchTimeInterval.milliseconds(
                Int(earliest.milliseconds - now.milliseconds)
            )
            queue.asyncAfter(deadline: .now() + wait) { self.ask(completion) }
        }
    }

    private func ask(_ completion: @escaping @Sendable (ConnectionFault?) -> Void) {
        let requests = AccountRequests(policy: policy, token: policy.token())
        client.send(requests.page("/api/campaign?page=1&limit=1")) { [self] outcome in
            queue.async {
                completion(
                    self.fault(in: outcome).map { fault in
                        ConnectionFault(
                            requests.redacted(fault.reason),
                            whatToDo: fault.whatToDo
                        )
                    }
                )
            }
        }
    }

    private func fault(in outcome: HTTPOutcome) -> ConnectionFault? {
        let (name, verdict) = (policy.name, Verdict(outcome))
        switch page(in: outcome) == nil ? verdict.healthOfReading(outcome) : .good {
        case .good where state.gate.isPaused:
            return ConnectionFault(
                "paused (\(state.gate.pauseReason ?? "")), though the server lets us in now",
                whatToDo: "campaignctl accounts resume \(name)"
            )
        case .good: return nil
        case .signedOut(let reason):
            return ConnectionFault(
                reason,
                whatToDo: "renew its tokenFile, then campaignctl accounts resume \(name)"
            )
        case .throttled(let span):
            return ConnectionFault(
                "the server asks for a pause of \(span.wholeMilliseconds / 1_000) s",
                whatToDo: "lower its ratePerSecond, if that comes again"
            )
        case .down(let reason):
            return ConnectionFault(
                reason,
                whatToDo: "look at its baseURL, at the server, and at what lies between"
            )
        case .stopping, .unclear:
            return ConnectionFault(verdict.text, whatToDo: "campaignctl doctor again")
        }
    }

    /// How long a check waits for the account's rate.
    private static let checkPatience: Duration = .seconds(3)
}
