import Testing

@testable import Outbound

@Suite("SMTP replies", .timeLimit(.minutes(10)))
struct SMTPReplyTests {
    @Test("a reply is read however its bytes arrive")
    func pieces() throws {
        let text = "250-one.test\r\n250-PIPELINING\r\n250 OK\r\n354 go\r\n"
        for size in 1...text.utf8.count {
            var parser = SMTPReplyParser()
            var codes: [Int] = []
            for piece in Array(text.utf8).chunked(by: size) {
                piece.withUnsafeBytes { parser.append($0) }
                while let reply = try parser.next() { codes.append(reply.code) }
            }
            #expect(codes == [250, 354])
            #expect(parser.isEmpty)
        }
    }

    @Test(
        "codes, enhanced code and text are told apart",
        arguments: [
            ("250 ok\r\n", 250, nil, "ok"),
            ("250\r\n", 250, nil, ""),
            ("250 \n", 250, nil, ""),
            ("550 5.1.1 no such user\r\n", 550, "5.1.1", "no such user"),
            ("550-5.7.26 first\r\n550 5.7.26 second\r\n", 550, "5.7.26", "first second"),
            ("421 4.7.0\r\n", 421, "4.7.0", ""),
            ("250 1.2.3.4 greets you\r\n", 250, nil, "1.2.3.4 greets you"),
            ("554 5.1234.1 no\r\n", 554, nil, "5.1234.1 no"),
            ("550 a\u{1B}[31mred\r\n", 550, nil, "a [31mred"),
        ] as [(String, Int, String?, String)]
    )
    func fields(_ bytes: String, _ code: Int, _ enhancedCode: String?, _ text: String) throws {
        let reply = try #require(try parse(bytes))
        #expect(SMTPReply(reply) == SMTPReply(code: code, enhancedCode: enhancedCode, text: text))
    }

    @Test(
        "what is no reply is an error",
        arguments: [
            "hello\r\n", "25\r\n", "2500 ok\r\n", "999 x\r\n", "250-a\r\n251 b\r\n", "\r\n",
        ]
    )
    func malformed(_ bytes: String) {
        #expect(throws: SMTPReplyParser.Malformed.self) { try parse(bytes) }
    }

    @Test("a reply without end is an error once it is too long")
    func endless() {
        var parser = SMTPReplyParser()
        #expect(throws: SMTPReplyParser.Malformed.self) {
            for _ in 0...SMTPReplyParser.replyBytesMax / 8 {
                Array("250-ab\r\n".utf8).withUnsafeBytes { parser.append($0) }
                _ = try parser.next()
            }
        }
    }

    private func parse(_ text: String) throws -> RawSMTPReply? {
        var parser = SMTPReplyParser()
        Array(text.utf8).withUnsafeBytes { parser.append($0) }
        return try parser.next()
    }
}

extension Array {
    fileprivate func chunked(by size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
