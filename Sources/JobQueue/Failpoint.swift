import Glibc

/// Kills or hangs the process at a named place, for tests of what that leaves behind.
///
/// `CAMPAIGND_FAILPOINT=message.claimed:ann@example.org` kills it when the place named is reached
/// for that subject; without a subject, the first time. Unset, a call costs one comparison.
package enum Failpoint: String, Sendable {
    /// A job's handler is about to run; the subject is the job's campaign.
    case jobStarted = "job.started"
    /// A message is durably in flight and not yet with its transport; the subject is the recipient.
    case messageClaimed = "message.claimed"
    /// The transport gave its answer, which is not yet recorded.
    case messageReplied = "message.replied"

    /// A write has its turn and has changed nothing; the subject is its label. It hangs there.
    case writeBegun = "write.begun"
    /// An account's driver looks at what is to be done; the subject is the account. It hangs there.
    case remotePumped = "remote.pumped"
    /// A write to a remote server is durably intended and has not left; the subject is its step.
    case remoteAsked = "remote.asked"
    /// A remote server's reply to a write is there and not yet recorded; the subject is its step.
    case remoteReplied = "remote.replied"
    /// What the reply means is recorded, and the step's end is not; the subject is its step.
    case remoteRecorded = "remote.recorded"

    package static let variable = "CAMPAIGND_FAILPOINT"

    /// Dies here if the environment says so.
    package func hit(_ subject: @autoclosure () -> String) {
        if isArmed(for: subject) { kill(getpid(), SIGKILL) }
    }

    /// Never returns from here if the environment says so.
    package func hang(_ subject: @autoclosure () -> String) {
        while isArmed(for: subject) { pause() }
    }

    private func isArmed(for subject: () -> String) -> Bool {
        guard let armed = Self.armed, armed.name == rawValue else { return false }
        return armed.subject == nil || armed.subject == subject()
    }

    private static let armed: (name: String, subject: String?)? = {
        guard let text = getenv(variable).map({ String(cString: $0) }) else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first else { return nil }
        return (name, parts.count > 1 ? parts[1] : nil)
    }()
}
