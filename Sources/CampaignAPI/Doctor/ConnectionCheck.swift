import APITypes
package import Campaigns

/// Another side that was asked whether it is there.
package struct ConnectionCheck: Sendable {
    /// Whose other side it is.
    package enum Subject: Sendable {
        case transport(channel: Channel, kind: String)
        case account(String)
    }

    package var subject: Subject
    /// Why it does not serve us; nil if it does, or where that cannot be seen without a message.
    package var fault: ConnectionFault?

    /// Makes the outcome of a check.
    package init(_ subject: Subject, fault: ConnectionFault?) {
        self.subject = subject
        self.fault = fault
    }

    var finding: FindingBody {
        let (check, who) =
            switch subject {
            case .transport(let channel, let kind): ("transport", "\(channel.rawValue): \(kind)")
            case .account(let name): ("account", "\(name): its server")
            }
        guard let fault else { return .ok(check, "\(who) is there") }
        return .fault(
            check,
            "\(who) is not there: \(fault.reason)",
            "\(fault.whatToDo); nothing is lost meanwhile"
        )
    }
}
