/// A request that must be refused.
///
/// In its texts `EMAIL`, `SMS` and `LIST` stand for the ids of things that exist.
struct BadRequest: CustomStringConvertible {
    struct Ids {
        let email: String
        let sms: String
        let list: String
    }

    let description: String
    private let words: [String]
    private let text: String?
    let exit: Int32
    /// What the error must say.
    let complaint: String

    private init(
        _ description: String,
        _ words: [String],
        input: String? = nil,
        exit: Int32 = 65,
        _ complaint: String
    ) {
        self.description = description
        self.words = words
        text = input
        self.exit = exit
        self.complaint = complaint
    }

    func arguments(with ids: Ids) -> [String] { words.map { Self.fill($0, ids) } }
    func input(with ids: Ids) -> String? { text.map { Self.fill($0, ids) } }

    private static func fill(_ text: String, _ ids: Ids) -> String {
        [("EMAIL", ids.email), ("SMS", ids.sms), ("LIST", ids.list)]
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    static let all = specs + orders + files + templates + ids
}

extension BadRequest {
    private static let good = """
        {"name":"News","channel":["email"],"contactListId":["LIST"],"settings":\
        {"email":{"fromEmail":"news@example.com","templateId":"EMAIL"}}}
        """
    private static let nowhere = "6b03ea00aaaaaaaaaaaaaaaa"
    private static let longName = String(repeating: "x", count: 501)

    /// The good campaign with a text replaced.
    private static func spec(
        _ description: String,
        _ text: String,
        _ other: String,
        _ complaint: String
    ) -> BadRequest {
        let input = good.replacing(text, with: other)
        return BadRequest(description, ["enqueue", "-"], input: input, complaint)
    }

    private static let specs = [
        BadRequest("no JSON", ["enqueue", "-"], input: "{", "line 1, column 2"),
        BadRequest("no object", ["enqueue", "-"], input: "[]", "\"field\":\"spec\""),
        spec(
            "no name",
            "\"name\":\"News\",",
            "",
            "\"field\":\"spec.name\",\"message\":\"is missing\""
        ),
        spec("empty name", "News", "", "\"field\":\"spec.name\",\"message\":\"is empty\""),
        spec("long name", "News", longName, "spec.name: has 501 characters"),
        spec("line break in name", "News", "a\\r\\nBcc: b", "spec.name: holds a line break"),
        spec(
            "NUL in name",
            "News",
            "a\\u0000b",
            "spec.name: holds a line break or another control"
        ),
        spec("unknown field", "\"name\"", "\"colour\":1,\"name\"", "\"field\":\"spec.colour\""),
        spec("unknown template", "EMAIL", nowhere, "spec.settings.email.templateId: there is no"),
        spec("no id", "EMAIL", "zzz", "spec.settings.email.templateId: must be 24 hex"),
        spec("other channel's template", "EMAIL", "SMS", "is for sms, not email"),
        spec(
            "unknown version",
            "\"templateId\"",
            "\"version\":7,\"templateId\"",
            "settings.email.version"
        ),
        spec("unknown list", "LIST", nowhere, "spec.contactListId[0]: there is no contact list"),
        spec("no list", "\"LIST\"", "", "spec.contactListId: is empty"),
        spec("no channel", "\"email\"]", "]", "spec.channel: is empty"),
        spec("unknown channel", "[\"email\"]", "[\"fax\"]", "spec.channel[0]: must be email, sms"),
        spec("no sender", "news@example.com", "news", "spec.settings.email.fromEmail"),
        spec("line break in sender", "news@", "n\\r\\nBcc: b@", "spec.settings.email.fromEmail"),
    ]

    private static func order(_ words: String..., complaint: String, exit: Int32 = 65) -> BadRequest
    {
        BadRequest(words[0], ["enqueue", "-"] + words, input: good, exit: exit, complaint)
    }

    private static let orders = [
        order("--priority", "0", complaint: "priority: must be a whole number from 1 to 9"),
        order("--priority", "high", complaint: "--priority", exit: 64),
        order("--until", "never", complaint: "until: must be create, build or send"),
        order("--at", "2020-01-01T00:00:00Z", complaint: "at: 2020-01-01T00:00:00.000Z has passed"),
        order("--at", "tomorrow", complaint: "at: must be an RFC 3339 date"),
        order("--in", "5x", complaint: "in: must be a duration"),
        order("--max-attempts", "0", complaint: "maxAttempts: must be a whole number"),
        order("--idempotency-key", "a\nb", complaint: "visible ASCII", exit: 64),
        BadRequest(
            "the last of three lines",
            ["enqueue", "--bulk", "-"],
            input: "\(good)\n\(good)\n{\"name\":1}\n",
            #""field":"name","message":"must be a string, not a number","line":3"#
        ),
    ]

    private static func list(_ description: String, _ csv: String, _ complaint: String)
        -> BadRequest
    {
        BadRequest(description, ["lists", "import", "-", "--name", "x"], input: csv, complaint)
    }

    private static let files = [
        list("nothing", "", "the file is empty"),
        list("no row", "email,name\n", "has no contact"),
        list("no good row", "email,name\nbad,A\n", "line 2"),
        list("no address column", "name,city\nA,B\n", "has no column email or phone"),
        list("one column twice", "email,email\na@b.c,d@e.f\n", "names \\\"email\\\" twice"),
        list("open quote", "email,name\na@example.com,\"A\n", "line 2 has a quote"),
        BadRequest(
            "one bad row and --strict",
            ["lists", "import", "-", "--name", "x", "--strict"],
            input: "email\na@example.com\nbad\n",
            "line 3"
        ),
        BadRequest(
            "line break in a list's name",
            ["lists", "import", "-", "--name", "a\r\nb"],
            input: "email\na@example.com\n",
            "name: holds a line break"
        ),
        BadRequest(
            "a list to update that is not there",
            ["lists", "import", "-", "--id", nowhere],
            input: "email\na@example.com\n",
            exit: 66,
            "there is no contact list"
        ),
    ]

    private static func template(
        _ description: String,
        _ text: String,
        _ complaint: String,
        name: String = "x",
        subject: String = "hi"
    ) -> BadRequest {
        let words = ["templates", "put", "--channel", "email", "--text", "-", "--name", name]
        return BadRequest(description, words + ["--subject", subject], input: text, complaint)
    }

    private static let templates = [
        template("no text", "", "text: is empty"),
        template("open section", "{{#a}}x", "{{#a}} is never closed"),
        template("unknown transform", "{{shout(name)}}", "is not a transform"),
        template("partial", "{{>part}}", "partials"),
        template("NUL in text", "a\0b", "NUL byte"),
        template(
            "line break in subject",
            "x",
            "subject: holds a line break",
            subject: "a\r\nBcc: b"
        ),
        template("long name", "x", "name: has 501 characters", name: longName),
        template("line break in name", "x", "name: holds a line break", name: "a\nb"),
    ]

    private static let ids = [
        BadRequest("unknown job", ["jobs", "show", "999"], exit: 66, "there is no job 999"),
        BadRequest("no number", ["jobs", "show", "abc"], exit: 64, "abc"),
        BadRequest("unknown campaign", ["campaigns", "show", nowhere], exit: 66, "no campaign"),
        BadRequest("no id", ["campaigns", "show", "xyz"], "id: must be 24 hexadecimal digits"),
        BadRequest("list's id", ["campaigns", "pause", "LIST"], exit: 66, "there is no campaign"),
        BadRequest("unknown state", ["jobs", "list", "--state", "lost"], "state"),
        BadRequest(
            "unknown step",
            ["enqueue", "build", nowhere],
            exit: 66,
            "there is no campaign"
        ),
        BadRequest("unknown file", ["enqueue", "/nowhere.json"], exit: 66, "/nowhere.json"),
        BadRequest("unknown wait", ["wait", "999"], exit: 66, "there is no job 999"),
    ]
}
