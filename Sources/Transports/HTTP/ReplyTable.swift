import Campaigns

/// What a provider's answers mean, by its own code first, else by the HTTP status.
package struct ReplyTable: Sendable {
    /// A meaning, and the codes of the provider's or the statuses that have it.
    typealias Row = (meaning: ReplyClass, numbers: [Int])

    private let codes: [Int: ReplyClass]
    /// The first that holds a status counts.
    private var statuses: [(range: ClosedRange<Int>, meaning: ReplyClass)]

    init(codes rows: [Row] = [], statuses: [(range: ClosedRange<Int>, meaning: ReplyClass)]) {
        let pairs = rows.flatMap { row in row.numbers.map { ($0, row.meaning) } }
        codes = Dictionary(uniqueKeysWithValues: pairs)
        self.statuses = statuses
    }

    /// The table with rows of the configuration before its own: a number below
    /// ``firstCode`` is a status.
    package func overridden(by rows: [Int: ReplyClass]) -> ReplyTable {
        ReplyTable(
            codes: codes.merging(rows.filter { $0.key >= Self.firstCode }) { $1 },
            statuses: rows.filter { $0.key < Self.firstCode }.map { ($0.key...$0.key, $0.value) }
                + statuses
        )
    }

    private init(
        codes: [Int: ReplyClass],
        statuses: [(range: ClosedRange<Int>, meaning: ReplyClass)]
    ) {
        self.codes = codes
        self.statuses = statuses
    }

    /// What an answer means; an unknown refusal is the content's, which an operator sees.
    func meaning(status: Int, code: Int? = nil) -> ReplyClass {
        if let meaning = code.flatMap(meaning(ofCode:)) { return meaning }
        return statuses.first { $0.range.contains(status) }?.meaning ?? .content
    }

    /// What a code of the provider's means by itself; nil where it is not known.
    func meaning(ofCode code: Int) -> ReplyClass? { codes[code] }

    /// Codes of providers begin above every HTTP status.
    private static let firstCode = 600
}

// What holds where the configuration says nothing else (`transports.<channel>.replies`).
extension ReplyTable {
    /// HTTP's own statuses (RFC 9110), for a request that is not idempotent.
    ///
    /// A 5xx may come after the message was taken over, but for 503, which says that it was not.
    package static let http = ReplyTable(statuses: [
        (200...299, .accepted), (408...408, .unknown), (425...425, .deferred),
        (429...429, .throttled), (401...405, .away), (410...410, .away), (503...503, .away),
        (500...599, .unknown), (300...399, .away),
    ])

    /// Kannel: 202 with `0: Accepted` or `3: Queued`; 403 for a wrong password; 503 before anything is
    /// queued; other 4xx for what the request asks (`smsbox_req_handle` in gw/smsbox.c).
    package static let kannel = http

    /// A program that cannot take the message says so by 4xx; 422 speaks of the recipient.
    package static let webhook = http.overridden(by: [422: .recipient(nil)])

    /// Twilio: HTTP, and the codes of refused requests and of messages that failed later.
    package static let twilio = ReplyTable(codes: twilioCodes, statuses: http.statuses)

    /// What Twilio's codes mean (twilio.com/docs/api/errors).
    static let twilioCodes: [Row] = [
        // The account: nobody's message is at fault.
        (.away, [20003, 20005, 20006, 20008, 20404]),
        // Pace and queues.
        (.throttled, [14107, 20429, 21611, 30001, 30022]),
        // No such number, or none that takes messages.
        (.recipient(.invalidAddress), [13223, 13224, 21211, 21217, 21614, 30005, 30006]),
        // The recipient's carrier or country.
        (.recipient(nil), [21214, 21612, 30004]),
        // The recipient's wish.
        (.recipient(.stop), [21610]),
        // The sender's number.
        (.sender, [21206, 21210, 21212, 21603, 21606, 21659, 21660]),
        // For now.
        (.deferred, [30003, 30008, 30009]),
        // The content, or what the account may send.
        (.content, [13225, 13227, 21408, 21602, 21605, 21617, 30007, 30010]),
    ]
}
