import APITypes
import ArgumentParser
import CampaignAPI

/// `campaignctl enqueue`: hands work to the daemon.
struct EnqueueCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "enqueue",
        abstract: "Store a campaign, or the next step of one, to be carried out.",
        usage: """
            campaignctl enqueue SPEC.json|- [--until <step>] [<options>]
            campaignctl enqueue build|send CAMPAIGN-ID [<options>]
            campaignctl enqueue --bulk FILE.ndjson|- [--idempotency-key <key>]
            """,
        discussion: """
            Prints the job as JSON once it is stored for good. The job's "campaignId" is the \
            campaign's id from then on.

            A line of a --bulk file is a campaign's spec, or \
            {"spec":…,"idempotencyKey":…,"priority":…,"at":…,"until":…,"account":…,"ratePerSecond":…}; \
            all lines are stored or \
            none. With --json the jobs are printed, one per line.

            EXAMPLES
              campaignctl enqueue spring.json
              campaignctl enqueue spring.json --until build    to look before it is sent
              campaignctl enqueue send ID
              campaignctl enqueue spring.json --account intelsend
              campaignctl enqueue spring.json --rate 5    messages a second at most
              campaignctl enqueue spring.json --at 2031-03-01T09:00:00+01:00
              make-specs | campaignctl enqueue --bulk -
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A campaign file (- for standard input), or build or send and a campaign's id.",
            valueName: "spec"
        )
    )
    var order: [String] = []

    @Option(help: ArgumentHelp("Store every line of this file.", valueName: "file"))
    var bulk: String?

    @Option(help: ArgumentHelp("The last step: create, build or send.", valueName: "step"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "When the last step is due, RFC 3339; not in the past.",
            valueName: "time"
        )
    )
    var at: String?

    @Option(help: ArgumentHelp("The same as a delay: 30s, 10m, 4h, 2d.", valueName: "span"))
    var `in`: String?

    @Option(help: ArgumentHelp("1 first … 9 last. Default: 5.", valueName: "n"))
    var priority: Int?

    @Option(help: ArgumentHelp("Attempts before a job is given up.", valueName: "n"))
    var maxAttempts: Int?

    @Option(
        help: ArgumentHelp(
            "What carries it: local, or an account. Default: defaultAccount.",
            valueName: "name"
        )
    )
    var account: String?

    @Option(
        help: ArgumentHelp(
            "Messages a second at most on each channel; `campaigns rate` changes it.",
            valueName: "n"
        )
    )
    var rate: Double?

    @Option(
        help: ArgumentHelp(
            "The same key and request again give the first job. Default: one is minted.",
            valueName: "key"
        )
    )
    var idempotencyKey: String?

    @Flag(help: "Wait for the last step to end; exit 1 if it does not end well.")
    var wait = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if at != nil, `in` != nil { throw ValidationError("give --at or --in, not both") }
        // It travels as a header, which no HTTP client sends with a line break in it.
        if let fault = idempotencyKey.flatMap(KeyRule.fault) {
            throw ValidationError("--idempotency-key \(fault)")
        }
        if let rate, !rate.isFinite || rate <= 0 {
            throw ValidationError("--rate is a number above zero such as 5 or 0.5")
        }
        if bulk != nil { return try validateBulk() }
        let isStep = order.first == "build" || order.first == "send"
        switch order.count {
        case 1 where isStep:
            throw ValidationError("name the campaign, or ./\(order[0]) if that is a file")
        case 1: break
        case 2 where isStep:
            if until != nil { throw ValidationError("--until goes with a campaign file only") }
            if account != nil { throw ValidationError("--account goes with a campaign file only") }
            if rate != nil {
                throw ValidationError(
                    "--rate goes with a campaign file only: campaignctl campaigns rate \(order[1])"
                )
            }
        case 0: throw ValidationError("name a campaign file, or - for standard input")
        default: throw ValidationError("give one campaign file, or build or send and one id")
        }
    }

    private func validateBulk() throws {
        guard order.isEmpty else { throw ValidationError("--bulk stands alone: \(order[0])") }
        let single =
            [until, at, `in`, account].contains { $0 != nil } || priority != nil
            || maxAttempts != nil || rate != nil
        if single || wait {
            throw ValidationError("with --bulk the lines say when and how far each campaign goes")
        }
    }

    func run(in session: Session) throws {
        if let bulk { return try enqueueAll(of: bulk, in: session) }
        let call = Call.post("api", "jobs").carrying(.json(try body())).withKey(idempotencyKey)
        let document = try session.document(call)
        try session.console.print(document: document)
        guard wait else { return }
        let job = try session.read(JobBody.self, from: document)
        let outcome = try Waiter(session: session, target: Waiter.Target(job)).outcome()
        for line in outcome.lines { session.console.note(line) }
        try outcome.throwUnlessDone()
    }

    private func body() throws -> [UInt8] {
        var body = EnqueueBody()
        if order.count == 2 {
            body.kind = order[0]
            body.campaignId = order[1]
        } else {
            body.spec = try spec(of: order[0])
        }
        body.until = until
        body.at = at
        body.in = `in`
        body.priority = priority
        body.maxAttempts = maxAttempts
        body.account = account
        body.ratePerSecond = rate
        return try JSONCoding.encode(body)
    }

    private func spec(of path: String) throws -> JSONValue {
        let file = try InputFile(path)
        let contents = try file.wholeContents(limit: Self.longestSpec)
        do {
            return try JSONValue(parsing: contents)
        } catch {
            throw CommandFailure(.data, "\(file.name) is not JSON: \(error)")
        }
    }

    private func enqueueAll(of path: String, in session: Session) throws {
        let (file, bar) = try session.upload(path)
        defer { bar.clear() }
        let call = Call.post("api", "jobs", "bulk")
            .carrying(.upload(file, type: "application/x-ndjson")).withKey(idempotencyKey)
        let document = try session.document(session.wantsJSON ? call.asLines : call)
        bar.clear()
        try session.console.print(document: document)
    }

    /// Bytes of the largest campaign file; the API takes no larger document.
    private static let longestSpec = 4_000_000
}
