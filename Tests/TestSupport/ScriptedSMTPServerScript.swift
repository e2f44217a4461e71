import Dispatch

/// What a `ScriptedSMTPServer` asks its script about.
package struct SMTPScriptEvent: Sendable {
    /// A moment at which the server can answer, fall silent or hang up.
    package enum Stage: Sendable, CaseIterable {
        case greeting
        case ehlo
        case auth
        case mail
        case rcpt
        case data
        /// The first line of the content has arrived. `proceed` reads on.
        case body
        /// The final dot has arrived.
        case dot
        case rset
        case quit
    }

    package var stage: Stage
    /// The number of this connection, from 0.
    package var connection: Int
    /// How many final dots this connection saw before: 0 for its first message.
    package var messagesBefore: Int
    /// What follows the command's verb; for AUTH with its continuation lines.
    package var argument: String
    /// The address of MAIL FROM, empty before it.
    package var sender: String
    /// The address of the last RCPT TO, empty before it.
    package var recipient: String
}

/// What a `ScriptedSMTPServer` does about an event.
package indirect enum SMTPScriptAction: Sendable {
    /// The reply of a server that is well and willing.
    case proceed
    /// These lines, for instance `550 5.1.1 no such user`; a line end is added. Then, if there is
    /// more to do, that.
    case reply(String, then: SMTPScriptAction? = nil)
    /// The connection is closed without a reply.
    case hangUp
    /// Nothing until the gate opens, then the action.
    case hold(SMTPScriptGate, then: SMTPScriptAction)
    /// Nothing for so many milliseconds, then the action.
    case delay(milliseconds: UInt32, then: SMTPScriptAction)
}

/// Holds the replies of a script back until the test opens it.
package final class SMTPScriptGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    package init() {}

    /// Lets everything pass from now on.
    package func open() {
        semaphore.signal()
    }

    /// Waits for `open`; a test that never opens it does not hold its process for ever.
    func pass() {
        if semaphore.wait(timeout: .now() + .seconds(30)) == .success { semaphore.signal() }
    }
}
