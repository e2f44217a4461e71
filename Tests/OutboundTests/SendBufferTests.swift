import Testing

@testable import Outbound

@Suite("The content of a message on the wire", .timeLimit(.minutes(10)))
struct SendBufferTests {
    @Test(
        "dots are stuffed, line ends made whole, and the final dot added",
        arguments: [
            ("", ".\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".", "..\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("..a\r\n.b\r\n", "...a\r\n..b\r\n.\r\n"),
            ("a.\r\n.\r\nb\r\n", "a.\r\n..\r\nb\r\n.\r\n"),
            ("a\n.\nMAIL FROM:<x>\n", "a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n"),
            ("\r\n\r\n", "\r\n\r\n.\r\n"),
        ]
    )
    func content(_ content: String, _ wire: String) {
        let buffer = SendBuffer()
        buffer.appendContent(Array(content.utf8))
        #expect(drain(buffer, step: 3) == wire)
    }

    @Test("bytes that were not taken stay where they are")
    func stableAddress() {
        let buffer = SendBuffer()
        buffer.appendContent([UInt8](repeating: 0x61, count: 300_000))
        let first = buffer.nextChunk
        #expect(first.count == SendBuffer.chunkBytesMax)
        #expect(buffer.nextChunk.baseAddress == first.baseAddress)
        buffer.advance(by: first.count)
        #expect(buffer.nextChunk.baseAddress == first.baseAddress?.advanced(by: first.count))
    }

    private func drain(_ buffer: SendBuffer, step: Int) -> String {
        var bytes: [UInt8] = []
        while !buffer.isEmpty {
            let chunk = buffer.nextChunk.prefix(step)
            bytes += chunk
            buffer.advance(by: chunk.count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
