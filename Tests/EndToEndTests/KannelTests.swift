import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Debian's Kannel with the fake SMSC of its extras: a gateway that is none of ours.
    @Suite("Kannel", .enabled(if: Kannel.isThere))
    struct SMSGateway {
        @Test("long and foreign texts arrive whole, and reports take messages to delivered")
        func delivered() throws {
            let site = try GatewaySite()
            defer { site.stop() }
            try site.daemon.start()
            #expect(try site.doctor().hasPrefix("sms: kannel is not there: "))
            try site.startGateway()
            #expect(try site.doctor() == "sms: kannel is there")

            let texts = [
                "Hello", "é€ [Hello] {you} " + String(repeating: "0123456789", count: 40),
                "Привет, мир! 🎉 " + String(repeating: "Ж", count: 150),
            ]
            for (number, text) in texts.enumerated() {
                let id = try site.send(text, to: ["+1202555010\(number)"])
                try site.desk.watch(id) { $0.messages?["delivered"] == 1 }
                #expect(try site.desk.campaign(id).status == "SENT")
                try site.desk.checkBooks(of: id, built: 1)
            }
            let arrived = try site.arrived(atLeast: texts.count)
            #expect(texts.indices.map { arrived["+1202555010\($0)"] } == texts)
        }

        @Test("the doctor is told by the gateway that a password is wrong, and sends nothing")
        func wrongPassword() throws {
            let site = try GatewaySite()
            defer { site.stop() }
            try site.startGateway()
            try TestFile.write("wrong\n", to: "\(site.daemon.folder)/password")
            try site.daemon.start()
            let found = try site.doctor()
            #expect(found.hasPrefix("sms: kannel is not there: answered 403 "), "\(found)")
            #expect(site.partCount == 0)
        }

        @Test("while the gateway is away nothing is lost or spent, and all arrives once after")
        func restart() throws {
            let site = try GatewaySite()
            defer { site.stop() }
            try site.daemon.start()
            let recipients = (0..<20).map { "+120255502\($0 < 10 ? "0" : "")\($0)" }
            let id = try site.send("Once", to: recipients)
            try site.desk.watch(id) { _ in
                let transports = (try? site.desk.status())?.transports ?? []
                return transports.contains { (sms: TransportStatusBody) -> Bool in
                    sms.channel == "sms" && sms.state != "closed"
                }
            }
            #expect(try site.desk.messages(id).allSatisfy { $0.attempts == 0 })
            try site.startGateway()
            try site.desk.watch(id) { $0.messages?["delivered"] == Int64(recipients.count) }
            let arrived = try site.arrived(atLeast: recipients.count)
            #expect(arrived.keys.sorted() == recipients)
            #expect(site.partCount == recipients.count)
        }
    }
}

/// A daemon with its operator, and a gateway for it.
private final class GatewaySite {
    let daemon: TemporaryDaemon
    var desk: Operator { Operator(daemon: daemon) }
    private let ports: Ports
    private var processes: [ChildProcess] = []

    private struct Ports {
        let admin, smsbox, smsc, sendsms, `public`: UInt16

        init() throws {
            let servers = try (0..<5).map { _ in try LoopbackServer() }
            let free = servers.map(\.port)
            for server in servers {
                server.start { _, _ in }
                server.stop()
            }
            (admin, smsbox, smsc) = (free[0], free[1], free[2])
            (sendsms, self.public) = (free[3], free[4])
        }
    }

    init() throws {
        ports = try Ports()
        daemon = try TemporaryDaemon(
            configuration: """
                http: { public: "127.0.0.1:\(ports.public)" }
                transports:
                  sms:
                    kind: kannel
                    baseURL: "http://127.0.0.1:\(ports.sendsms)"
                    username: u
                    passwordFile: password
                    callbackURL: "http://127.0.0.1:\(ports.public)"
                    maxConnections: 4
                """
        )
        try TestFile.write("p\n", to: "\(daemon.folder)/password")
        try TestFile.write(kannelConfiguration, to: "\(daemon.folder)/kannel.conf")
    }

    private var kannelConfiguration: String {
        """
        group = core
        admin-port = \(ports.admin)
        admin-password = p
        smsbox-port = \(ports.smsbox)
        box-allow-ip = "127.0.0.1"
        dlr-storage = internal

        group = smsc
        smsc = fake
        smsc-id = fake
        port = \(ports.smsc)
        connect-allow-ip = 127.0.0.1

        group = smsbox
        bearerbox-host = 127.0.0.1
        sendsms-port = \(ports.sendsms)

        group = sendsms-user
        username = u
        password = p
        max-messages = 20
        concatenation = true

        group = sms-service
        keyword = default
        text = "no"

        """
    }

    /// Starts bearerbox, smsbox and the carrier, each when the one before it listens.
    func startGateway() throws {
        let configuration = "\(daemon.folder)/kannel.conf"
        try start("/usr/sbin/bearerbox", [configuration])
        try waitForPort(ports.smsbox)
        try waitForPort(ports.smsc)
        try start(
            Kannel.carrier,
            ["-H", "127.0.0.1", "-r", "\(ports.smsc)", "-m", "0", "1 2 text x"]
        )
        try start("/usr/sbin/smsbox", [configuration])
        try waitForPort(ports.sendsms)
    }

    func send(_ text: String, to recipients: [String]) throws -> String {
        let template = try desk.putTemplate("sms", text: text)
        let list = try desk.importList(
            "phone\n" + recipients.map { $0 + "\n" }.joined(),
            name: UUID().uuidString
        )
        return try desk.enqueue(
            """
            {"name":"Texts","channel":["sms"],"contactListId":["\(list)"],"settings":\
            {"sms":{"shortCode":"2025550100","templateId":"\(template)"}}}
            """
        )
    }

    /// The texts that the carrier got, whole, by recipient.
    func arrived(atLeast count: Int) throws -> [String: String] {
        for _ in 0..<500 {
            let texts = parts().mapValues { parts in
                Self.text(parts.sorted { $0.number < $1.number }.flatMap(\.bytes))
            }
            if texts.count >= count { return texts }
            usleep(20_000)
        }
        throw TestTimeout(what: "\(count) texts at the carrier")
    }

    /// What the doctor says of the gateway.
    func doctor() throws -> String {
        let result = try daemon.control(["doctor", "--json"])
        let body = try JSONCoding.decode(DoctorBody.self, from: Data(result.output.utf8))
        return try #require(body.findings.first { $0.detail.hasPrefix("sms: ") }).detail
    }

    /// How many parts the carrier got.
    var partCount: Int { parts().values.reduce(0) { $0 + $1.count } }

    /// Reads the carrier's log: `<from to text WORDS>`, or `<from to data BYTES>` with the bytes
    /// URL-encoded, or the same behind `udh HEADER` for a part of a long text.
    private func parts() -> [String: [(number: Int, bytes: [UInt8])]] {
        var parts: [String: [(number: Int, bytes: [UInt8])]] = [:]
        let log = TestFile.text("\(daemon.folder)/fakesmsc.log") ?? ""
        for line in log.split(separator: "\n") where line.contains("Got message ") {
            let inner = line.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
            var words = inner.split(separator: " ", maxSplits: 3)
            guard words.count == 4 else { continue }
            var number = 1
            if words[2] == "udh" {
                let rest = words[3].split(separator: " ", maxSplits: 2)
                guard rest.count == 3 else { continue }
                number = Int(rest[0].suffix(2), radix: 16) ?? 1
                words[2...] = rest[1...]
            }
            let bytes = words[2] == "text" ? Array(words[3].utf8) : words[3].urlDecoded
            parts["\(words[1])", default: []].append((number, bytes))
        }
        return parts
    }

    /// Kannel hands the default alphabet over as UTF-8 and UCS-2 as it is.
    private static func text(_ bytes: [UInt8]) -> String {
        if !bytes.contains(0), !bytes.contains(4),
            let text = String(validating: bytes, as: UTF8.self)
        {
            return text
        }
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
        return String(decoding: units, as: UTF16.self)
    }

    func stop() {
        for process in processes.reversed() { process.kill() }
    }

    private func start(_ program: String, _ arguments: [String]) throws {
        let name = program.split(separator: "/").last.map(String.init) ?? program
        processes.append(
            try ChildProcess(
                ChildProcess.Start(program, arguments, errors: "\(daemon.folder)/\(name).log")
            )
        )
    }

    private func waitForPort(_ port: UInt16) throws {
        for _ in 0..<500 {
            if LoopbackServer.isListening(port) { return }
            usleep(20_000)
        }
        throw TestTimeout(what: "port \(port)")
    }
}

extension Substring {
    fileprivate var urlDecoded: [UInt8] {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            let value =
                byte == UInt8(ascii: "%") ? UInt8(String(rest.prefix(2)) ?? "", radix: 16) : nil
            bytes.append(value ?? (byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte))
            if value != nil { rest = rest.dropFirst(2) }
        }
        return bytes
    }
}

/// The programs of Debian's packages kannel and kannel-extras.
private enum Kannel {
    static let carrier = "/usr/lib/kannel/test/fakesmsc"

    /// Whether they are installed; says so where not.
    static let isThere: Bool = {
        let programs = ["/usr/sbin/bearerbox", "/usr/sbin/smsbox", carrier]
        let isThere = programs.allSatisfy(FileManager.default.isExecutableFile)
        if !isThere {
            print("Kannel is not tried: packages kannel and kannel-extras are not installed")
        }
        return isThere
    }()
}
