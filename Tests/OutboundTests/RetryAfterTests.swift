import Testing

@testable import Outbound

@Suite("Retry-After", .timeLimit(.minutes(10)))
struct RetryAfterTests {
    private static let sent = "Sun, 06 Nov 1994 08:49:37 GMT"

    @Test(
        "seconds count as they are, dates from the reply's own, and what is neither for a minute",
        arguments: [
            (nil, sent, nil),
            ("7", nil, .seconds(7)),
            (" 7 ", nil, .seconds(7)),
            ("0", nil, .zero),
            ("-1", nil, .zero),
            ("99999999", nil, .seconds(86_400)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", sent, .seconds(120)),
            ("Sunday, 06-Nov-94 08:51:37 GMT", sent, .seconds(120)),
            ("Sun Nov  6 08:51:37 1994", sent, .seconds(120)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", sent, .zero),
            ("Tue, 08 Nov 1994 08:49:37 GMT", sent, .seconds(86_400)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", nil, .seconds(60)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", "today", .seconds(60)),
            ("soon", sent, .seconds(60)),
        ] as [(String?, String?, Duration?)]
    )
    func read(_ text: String?, _ date: String?, _ expected: Duration?) {
        let headers = [("retry-after", text), ("date", date)]
        let reply = HTTPReply(
            status: 503,
            headers: headers.compactMap { name, value in value.map { (name: name, value: $0) } }
        )
        #expect(reply.retryAfter == expected)
    }

    @Test("mail's dates are read too")
    func mail() {
        #expect(MailDate.seconds("Fri, 24 May 2019 17:18:27 +0000") == 1_558_718_307)
        #expect(MailDate.seconds("Fri, 24 May 2019 19:18:27 +0200") == 1_558_718_307)
        #expect(MailDate.seconds("") == nil)
    }
}
