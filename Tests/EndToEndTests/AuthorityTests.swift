import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A webhook over TLS whose certificate only `caFile` vouches for.
    @Suite("Authorities", .enabled(if: TLSWebhook.isPossible))
    struct Authorities {
        @Test("caFile is what an HTTP transport trusts; without it nothing is sent or spent")
        func trusted() throws {
            let webhook = try TLSWebhook()
            defer { webhook.stop() }
            for isTrusted in [false, true] {
                let daemon = try webhook.daemon(isTrusted: isTrusted)
                let desk = Operator(daemon: daemon)
                try daemon.start()
                let id = try desk.enqueueEmail(to: Contacts(count: 1))
                if isTrusted {
                    #expect(try desk.wait(for: id) == "SENT")
                } else {
                    try desk.watch(id) { _ in (try? desk.emailTransport())?.state == "open" }
                    #expect(try desk.emailTransport().reason?.contains("certificate") == true)
                    #expect(try desk.messages(id).allSatisfy { $0.attempts == 0 })
                }
                #expect(webhook.posts == (isTrusted ? 1 : 0))
                #expect(try daemon.terminate() == .exited(0))
            }
        }
    }
}

/// An HTTPS server in a process of its own that answers every POST with 200.
private final class TLSWebhook {
    /// Whether the programs it is made of are there.
    static let isPossible = ["/usr/bin/python3", "/usr/bin/openssl"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private static let program = """
        import http.server, ssl, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["content-length"]))
                print("post", flush=True)
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()
            def log_message(self, *words):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2] + "certificate.pem", sys.argv[2] + "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.serve_forever()
        """

    private let folder: TestFolder
    private let port: UInt16
    private let process: ChildProcess

    init() throws {
        folder = try TestFolder()
        let base = "\(folder.path)/"
        let openssl = try ChildProcess(
            ChildProcess.Start(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                    base + "key.pem", "-out", base + "certificate.pem",
                ],
                errors: base + "openssl.log"
            )
        )
        guard try openssl.wait() == .exited(0) else { throw TestTimeout(what: "a certificate") }
        let free = try LoopbackServer()
        port = free.port
        free.start { _, _ in }
        free.stop()
        process = try ChildProcess(
            ChildProcess.Start(
                "/usr/bin/python3",
                ["-c", Self.program, "\(port)", base],
                output: base + "posts",
                errors: base + "python.log"
            )
        )
        for _ in 0..<500 where !LoopbackServer.isListening(port) { usleep(20_000) }
    }

    /// How many requests it answered.
    var posts: Int {
        (TestFile.text("\(folder.path)/posts") ?? "").split(separator: "\n").count
    }

    func stop() { process.kill() }

    /// A daemon whose emails go here.
    func daemon(isTrusted: Bool) throws -> TemporaryDaemon {
        let authorities = isTrusted ? "caFile: \(folder.path)/certificate.pem" : ""
        let daemon = try TemporaryDaemon(
            configuration: """
                transports:
                  email:
                    kind: webhook
                    url: "https://127.0.0.1:\(port)/messages"
                    secretFile: secret
                    \(authorities)
                """
        )
        try TestFile.write("secret\n", to: "\(daemon.folder)/secret")
        return daemon
    }
}
