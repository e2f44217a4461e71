import Glibc
import Outbound
import TestSupport
import Testing

@Suite("HTTP connections without a request", .timeLimit(.minutes(10)))
struct HTTPConnectTests {
    @Test("a connection is opened and closed, and no byte of a request leaves")
    func connects() throws {
        let server = try LoopbackServer()
        let arrived = Recorder<Int>()
        server.start { socket, _ in
            var byte: UInt8 = 0
            arrived.append(recv(socket, &byte, 1, 0))
        }
        defer { server.stop() }
        #expect(try reason("http://127.0.0.1:\(server.port)/a/path") == nil)
        #expect(try arrived.wait(forCount: 1) == [0])
    }

    @Test("a port where nobody listens, a name that is none and a URL that is none are told")
    func refused() throws {
        let server = try LoopbackServer()
        server.start { _, _ in }
        server.stop()
        let port = server.port
        #expect(try reason("http://127.0.0.1:\(port)")?.contains("\(port)") == true)
        #expect(try reason("http://name.invalid")?.contains("name.invalid") == true)
        #expect(try reason("gopher://127.0.0.1") != nil)
        #expect(try reason("http://a b") == "the URL has a blank or a control character")
    }

    @Test(
        "with TLS the server's certificate has to be good",
        .enabled(if: TLSServer.obstacle == nil)
    )
    func certificate() throws {
        let server = try TLSServer(["--tls", "implicit"])
        defer { server.stop() }
        let url = "https://127.0.0.1:\(server.port)/"
        #expect(try reason(url)?.contains("certificate") == true)
        let caFile = try TLSServer.Certificate.local.get().path
        #expect(try reason(url, caFile: caFile) == nil)
    }

    private func reason(_ url: String, caFile: String? = nil) throws -> String? {
        let client = HTTPClient(HTTPClientConfiguration(caFile: caFile, name: "test"))
        let reasons = Recorder<String?>()
        client.connect(to: url) { reasons.append($0) }
        return try reasons.wait(forCount: 1)[0]
    }
}
