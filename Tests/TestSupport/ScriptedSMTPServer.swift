/// A small SMTP server on 127.0.0.1 that answers, stalls and hangs up as a test tells it.
///
/// A thread for each connection reads and writes a real TCP socket. Everything may be called on any
/// thread.
package final class ScriptedSMTPServer: Sendable {
    /// A message whose final dot has arrived.
    package struct Message: Sendable, Equatable {
        package var sender: String
        package var recipients: [String]
        /// The content without dot-stuffing and without the final dot.
        package var content: [UInt8]
        /// The number of its connection, from 0.
        package var connection: Int

        package init(sender: String, recipients: [String], content: [UInt8], connection: Int) {
            self.sender = sender
            self.recipients = recipients
            self.content = content
            self.connection = connection
        }
    }

    /// Decides about every event; it runs on the connection's thread.
    package typealias Script = @Sendable (SMTPScriptEvent) -> SMTPScriptAction

    /// The service extensions of a server that is well.
    package static let usualExtensions = ["PIPELINING", "SIZE 50000000", "ENHANCEDSTATUSCODES"]

    /// The port it listens on.
    package var port: UInt16 { tcp.port }
    /// Every command line of every connection, in order of arrival.
    package let commands = Recorder<String>()
    /// The command lines that arrived before the command ahead of them was answered.
    package let earlyCommands = Recorder<String>()
    /// Every message whose final dot arrived, whatever was answered, in order.
    package let dots = Recorder<Message>()
    /// Every message that a reply 2xx to the final dot was decided for, in order.
    package let accepted = Recorder<Message>()
    /// The number of each connection as it is accepted.
    package var connections: Recorder<Int> { tcp.connections }
    /// The number of each connection as it ends.
    package var endedConnections: Recorder<Int> { tcp.endedConnections }

    let extensions: [String]
    let script: Script
    private let tcp: LoopbackServer

    /// Starts to listen on a port, a free one for 0.
    ///
    /// An extension `AUTH PLAIN LOGIN` makes clients log in.
    package init(
        port: UInt16 = 0,
        extensions: [String] = usualExtensions,
        script: @escaping Script = { _ in .proceed }
    ) throws {
        tcp = try LoopbackServer(port: port)
        self.extensions = extensions
        self.script = script
        tcp.start { socket, number in
            ScriptedSMTPServerConnection(server: self, socket: socket, number: number).serve()
        }
    }

    /// Stops listening and cuts every connection.
    package func stop() {
        tcp.stop()
    }
}
