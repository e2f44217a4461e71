import CampaignAPI
import Campaigns
import Dispatch
import RemoteCampaigns
import Synchronization

extension ConnectionCheck {
    private typealias Asked = (
        subject: Subject, ask: (@escaping @Sendable (ConnectionFault?) -> Void) -> Void
    )

    /// Asks all at once; one that has not answered in time is not there.
    static func checks(of dispatchers: [Dispatcher], _ drivers: [AccountDriver])
        -> [ConnectionCheck]
    {
        let transports = dispatchers.map { dispatcher -> Asked in
            let transport = dispatcher.transport
            return (.transport(channel: dispatcher.channel, kind: transport.kind), transport.check)
        }
        let accounts = drivers.map { driver -> Asked in
            (.account(driver.policy.name), driver.check)
        }
        let asked = transports + accounts
        let group = DispatchGroup()
        let answers = Mutex<[Int: ConnectionFault?]>([:])
        for (index, side) in asked.enumerated() {
            group.enter()
            side.ask { fault in
                answers.withLock { _ = $0.updateValue(fault, forKey: index) }
                group.leave()
            }
        }
        _ = group.wait(timeout: .now() + .seconds(patienceSeconds))
        let faults = answers.withLock { $0 }
        return asked.enumerated().map { index, side in
            ConnectionCheck(side.subject, fault: faults[index] ?? silence)
        }
    }

    private static let patienceSeconds = 15
    private static let silence = ConnectionFault(
        "no answer within \(patienceSeconds) s",
        whatToDo: "look at the other side's log, and at what lies between"
    )
}
