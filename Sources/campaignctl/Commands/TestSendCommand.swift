import APITypes
import ArgumentParser
import CampaignAPI

/// `campaignctl test-send`: one real message before the many.
struct TestSendCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "test-send",
        abstract: "Send one message of a campaign to an address of your own.",
        discussion: """
            The message is what --contact gets, else the first contact, and it goes through the \
            channel's real transport. It is a campaign of its own, "Test of …", with one message: \
            nothing is counted in the campaign, and doubts, retries and suppressions are those of \
            any message. The unsubscribe link in it is real, for the address it goes to.

            EXAMPLES
              campaignctl test-send ID me@example.org --wait
              campaignctl test-send ID +19498671145 --channel sms --contact +19498671000
            """
    )

    @Argument(help: "The campaign's id.")
    var id: String

    @Argument(help: "Where the test goes.")
    var address: String

    @Option(
        help: ArgumentHelp("On email, sms or voice; else the first used.", valueName: "channel")
    )
    var channel: String?

    @Option(help: ArgumentHelp("Whose message it is.", valueName: "address"))
    var contact: String?

    @Option(
        help: ArgumentHelp(
            "The same key and request again give the first test. Default: one is minted.",
            valueName: "key"
        )
    )
    var idempotencyKey: String?

    @Flag(help: "Wait for its outcome; exit 1 if it does not end well.")
    var wait = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if let fault = idempotencyKey.flatMap(KeyRule.fault) {
            throw ValidationError("--idempotency-key \(fault)")
        }
    }

    func run(in session: Session) throws {
        let order = TestOrderBody(address: address, channel: channel, contact: contact)
        let call = Call.post("api", "campaign", id, "test")
            .carrying(.json(Array(try JSONCoding.encode(order)))).withKey(idempotencyKey)
        let document = try session.document(call)
        try session.console.print(document: document)
        guard wait else { return }
        let job = try session.read(JobBody.self, from: document)
        let outcome = try Waiter(session: session, target: Waiter.Target(job)).outcome()
        for line in outcome.lines { session.console.note(line) }
        try outcome.throwUnlessDone()
    }
}
