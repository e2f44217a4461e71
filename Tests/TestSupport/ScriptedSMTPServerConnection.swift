import Glibc

/// One connection of a `ScriptedSMTPServer`, served on its own thread until it ends.
struct ScriptedSMTPServerConnection {
    private enum Ended: Error {
        case now
    }

    private let server: ScriptedSMTPServer
    private let socket: Int32
    private var event: SMTPScriptEvent
    private var isInMessage = false
    /// Whether the next command was there before the last one was answered.
    private var isAnswerDue = false
    private var recipients: [String] = []
    private var input: [UInt8] = []
    private var inputStart = 0

    init(server: ScriptedSMTPServer, socket: Int32, number: Int) {
        self.server = server
        self.socket = socket
        event = SMTPScriptEvent(
            stage: .greeting,
            connection: number,
            messagesBefore: 0,
            argument: "",
            sender: "",
            recipient: ""
        )
    }

    /// Talks to the client until one side hangs up.
    consuming func serve() {
        var connection = self
        do {
            try connection.answer(.greeting, "220 scripted.test ESMTP")
            while true { try connection.takeCommand() }
        } catch {}
    }

    private mutating func takeCommand() throws {
        let line = String(decoding: try readLine(), as: UTF8.self)
        if isAnswerDue { server.earlyCommands.append(line) }
        isAnswerDue = inputStart < input.count
        server.commands.append(line)
        let verb = line.prefix { $0 != " " }
        event.argument = String(line.dropFirst(verb.count + 1))
        switch verb.uppercased() {
        case "EHLO", "HELO": try answer(.ehlo, greetingOfExtensions)
        case "AUTH": try authenticate()
        case "MAIL": try startMessage()
        case "RCPT": try addRecipient()
        case "DATA": try takeContent()
        case "RSET":
            forgetMessage()
            try answer(.rset, "250 2.0.0 forgotten")
        case "QUIT":
            try answer(.quit, "221 2.0.0 bye")
            throw Ended.now
        default: try send("500 5.5.1 what is \(verb)?")
        }
    }

    private var greetingOfExtensions: String {
        let lines = ["scripted.test"] + server.extensions
        return lines.enumerated().map { index, line in
            (index == lines.count - 1 ? "250 " : "250-") + line
        }.joined(separator: "\r\n")
    }

    private mutating func authenticate() throws {
        switch event.argument {
        case "PLAIN":
            try send("334 ")
            try addContinuation()
        case "LOGIN":
            try send("334 VXNlcm5hbWU6")
            try addContinuation()
            try send("334 UGFzc3dvcmQ6")
            try addContinuation()
        case let argument where argument.hasPrefix("LOGIN "):
            try send("334 UGFzc3dvcmQ6")
            try addContinuation()
        default:
            break
        }
        try answer(.auth, "235 2.7.0 welcome")
    }

    private mutating func addContinuation() throws {
        event.argument += " " + String(decoding: try readLine(), as: UTF8.self)
    }

    private mutating func startMessage() throws {
        guard !isInMessage else { return try send("503 5.5.1 nested MAIL") }
        event.sender = address
        isInMessage = try answer(.mail, "250 2.1.0 sender ok")
    }

    private mutating func addRecipient() throws {
        guard isInMessage else { return try send("503 5.5.1 MAIL first") }
        event.recipient = address
        if try answer(.rcpt, "250 2.1.5 recipient ok") { recipients.append(event.recipient) }
    }

    private mutating func takeContent() throws {
        guard !recipients.isEmpty else {
            // A server may find that out only after the dot (RFC 2920 section 3.1): a script that
            // answers 354 here shows that.
            return try answer(.data, "554 5.5.1 no valid recipients") ? takeLines() : ()
        }
        if try answer(.data, "354 go ahead") { try takeLines() }
    }

    private mutating func takeLines() throws {
        var content: [UInt8] = []
        var isFirst = true
        while true {
            let line = try readLine()
            if isFirst && line != [UInt8(ascii: ".")] {
                _ = try answer(.body, nil)
            }
            isFirst = false
            if line == [UInt8(ascii: ".")] { break }
            content += line.first == UInt8(ascii: ".") ? line.dropFirst() : line[...]
            content += [13, 10]
        }
        try finishMessage(content)
    }

    private mutating func finishMessage(_ content: [UInt8]) throws {
        let message = ScriptedSMTPServer.Message(
            sender: event.sender,
            recipients: recipients,
            content: content,
            connection: event.connection
        )
        let willing = recipients.isEmpty ? "554 5.5.1 no valid recipients" : "250 2.0.0 queued"
        let server = server
        server.dots.append(message)
        try answer(.dot, willing) { server.accepted.append(message) }
        event.messagesBefore += 1
        forgetMessage()
    }

    private mutating func forgetMessage() {
        isInMessage = false
        event.sender = ""
        event.recipient = ""
        recipients = []
    }

    /// What stands between the angle brackets.
    private var address: String {
        String(event.argument.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
    }
}

extension ScriptedSMTPServerConnection {
    /// Does what the script says; tells whether the last reply was positive, 2xx or 354.
    @discardableResult
    private mutating func answer(
        _ stage: SMTPScriptEvent.Stage,
        _ willing: String?,
        onPositive: () -> Void = {}
    ) throws -> Bool {
        event.stage = stage
        var next: SMTPScriptAction? = server.script(event)
        var isPositive = true
        while let action = next {
            next = nil
            switch action {
            case .proceed:
                next = willing.map { .reply($0) }
            case .reply(let text, let more):
                isPositive = text.hasPrefix("2") || text.hasPrefix("3")
                if isPositive { onPositive() }
                try send(text)
                next = more
            case .hangUp:
                throw Ended.now
            case .hold(let gate, let more):
                gate.pass()
                next = more
            case .delay(let milliseconds, let more):
                usleep(milliseconds * 1_000)
                next = more
            }
        }
        return isPositive
    }

    private func send(_ text: String) throws {
        let bytes = Array((text + "\r\n").utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Ended.now }
            sent += count
        }
    }

    /// The next line, without its line end.
    private mutating func readLine() throws -> [UInt8] {
        var searched = inputStart
        while true {
            if let end = input[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { inputStart = end + 1 }
                let line = input[inputStart..<end]
                return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
            }
            input.removeSubrange(..<inputStart)
            inputStart = 0
            searched = input.count
            try readMore()
        }
    }

    private mutating func readMore() throws {
        let socket = socket
        let block = [UInt8](unsafeUninitializedCapacity: 65_536) { bytes, count in
            count = max(0, recv(socket, bytes.baseAddress, bytes.count, 0))
        }
        guard !block.isEmpty else { throw Ended.now }
        input += block
    }
}
