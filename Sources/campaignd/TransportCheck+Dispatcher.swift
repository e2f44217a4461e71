import CampaignAPI
import Campaigns
import Dispatch
import Synchronization

extension TransportCheck {
    /// Asks every transport at once; one that has not answered in time is not there.
    static func checks(of dispatchers: [Dispatcher]) -> [TransportCheck] {
        let group = DispatchGroup()
        let failures = Mutex<[Channel: String?]>([:])
        for dispatcher in dispatchers {
            group.enter()
            let channel = dispatcher.channel
            dispatcher.transport.check { failure in
                failures.withLock { _ = $0.updateValue(failure, forKey: channel) }
                group.leave()
            }
        }
        _ = group.wait(timeout: .now() + patience)
        let answers = failures.withLock { $0 }
        return dispatchers.map { dispatcher in
            TransportCheck(
                channel: dispatcher.channel.rawValue,
                kind: dispatcher.transport.kind,
                failure: answers[dispatcher.channel] ?? "no answer within 15 s"
            )
        }
    }

    private static let patience = DispatchTimeInterval.seconds(15)
}
