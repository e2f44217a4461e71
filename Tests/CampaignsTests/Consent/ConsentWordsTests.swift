import Campaigns
import Testing

@Suite("Stop and start words", .timeLimit(.minutes(10)))
struct ConsentWordsTests {
    @Test(
        "a message that is a stop word and nothing else stops",
        arguments: [
            "STOP", "stop", " Stop. ", "QUIT", "End", "revoke!", "OPT OUT", "opt-out", "OptOut",
            "CANCEL", "unsubscribe", "STOP\n", "\"STOP\"", "stop all",
        ]
    )
    func stop(message: String) {
        #expect(ConsentWords.standard.verdict(on: message) == .stop)
    }

    @Test("start words start", arguments: ["START", "unstop", "Opt in"])
    func start(message: String) {
        #expect(ConsentWords.standard.verdict(on: message) == .start)
    }

    @Test(
        "a message that only holds such a word says nothing",
        arguments: [
            "bus stop", "please stop by at 5", "stop it", "the end", "don't cancel", "", "  ", "?",
            "STOPP", "st0p", String(repeating: "stop ", count: 100),
        ]
    )
    func nothing(message: String) {
        #expect(ConsentWords.standard.verdict(on: message) == nil)
    }

    @Test("a file brings the words of other languages, in place of the standard ones")
    func file() throws {
        let words = try ConsentWords(
            csv: Array(
                """
                language,word,meaning
                fr,ARRÊT,stop
                es,"dar de baja",stop
                el,ΣΤΟΠ,stop
                de,Ja bitte,start

                """.utf8
            )
        )
        #expect(words.verdict(on: "arrêt") == .stop)
        #expect(words.verdict(on: "Dar de baja.") == .stop)
        #expect(words.verdict(on: "στοπ") == .stop)
        #expect(words.verdict(on: "JA, BITTE!") == .start)
        #expect(words.verdict(on: "STOP") == nil)
    }

    @Test(
        "a file that cannot be meant is refused",
        arguments: [
            "", "word\nSTOP\n", "word,meaning\nSTOP,halt\n", "word,meaning\nGO,start\n",
            "word,meaning\n,stop\n", "word,meaning\nA,stop\nA,start\n",
        ]
    )
    func refused(csv: String) {
        #expect(throws: ConsentWordsError.self) { try ConsentWords(csv: Array(csv.utf8)) }
    }
}
