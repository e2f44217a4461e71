import Campaigns
import TestSupport
import Testing

@Suite("SMS parts: as two other libraries count them", .timeLimit(.minutes(10)))
struct SMSOracleTests {
    @Test(
        "10,000 texts have the parts that smsutil and gsm0338 give them",
        .enabled(if: Oracle.isThere, "\(Oracle.whereFrom)")
    )
    func parts() throws {
        var maker = TextMaker(seed: 20_260_728)
        let texts = TextMaker.edges + (0..<10_000).map { _ in maker.text() }
        let counts = try Oracle.ask(Self.script, texts, as: [[Int]].self)
        #expect(counts.count == texts.count)
        var several = 0
        // Collected, as an expectation for each of so many takes longer than all the rest.
        var faults: [String] = []
        for (text, count) in zip(texts, counts) {
            let parts = SMSParts(text)
            if parts.count > 1 { several += 1 }
            if count != [parts.count, parts.count] {
                faults.append("\(text.debugDescription): \(count), not \(parts.count)")
            }
        }
        #expect(faults == [])
        #expect(several > 2_000, "the texts lie around the edges of parts")
    }

    /// smsutil splits; gsm0338 encodes, and the greedy filling of parts is done here.
    private static let script = """
        import sys, json, smsutil, gsm0338
        codec = gsm0338.Codec()
        def units(text):
            try:
                return [len(codec.encode(c)[0]) for c in text], 160, 153
            except UnicodeError:
                return [len(c.encode("utf-16-be")) // 2 for c in text], 70, 67
        def filled(text):
            widths, single, several = units(text)
            if sum(widths) <= single:
                return 1 if widths else 0
            parts, room = 0, 0
            for width in widths:
                if width > room:
                    parts, room = parts + 1, several
                room -= width
            return parts
        def split(text):
            return len(smsutil.split(text).parts) if text else 0
        print(json.dumps([[split(t), filled(t)] for t in json.load(sys.stdin)]))
        """
}

/// Texts whose lengths lie where parts end.
private struct TextMaker {
    private let random: SeededRandom
    private static let plain = Array(
        "abcXYZ019 .,:;?!@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ\n¤%&'()*+-/<=>ÄÖÑÜ§¿äöñüà¡"
    )
    private static let double = Array("€^{}\\[~]|\u{0C}")
    private static let stray = Array("’“–ç`…中ж🎉😀")

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    /// Parts that end with a character of one unit, of two, and inside one.
    static let edges: [String] =
        [159, 160, 161, 305, 306, 307, 458, 459, 460].flatMap { length in
            let text = String(repeating: "a", count: length)
            return [text, text.dropLast() + "€", "€" + text.dropLast(), text.dropLast(2) + "€a"]
        }
        + [69, 70, 71, 133, 134, 135, 200, 201, 202].flatMap { length in
            let text = String(repeating: "ж", count: length)
            return [text, text.dropLast() + "😀", "😀" + text.dropLast(), text.dropLast(2) + "😀a"]
        } + ["", " ", "\r\n"]

    mutating func text() -> String {
        let edges = [70, 134, 160, 201, 306, 459]
        let length = max(1, edges[below(edges.count)] - 4 + below(8))
        let isStray = below(2) == 0
        var text = ""
        for _ in 0..<length {
            switch below(isStray ? 12 : 8) {
            case 0: text.append(Self.double[below(Self.double.count)])
            case 8...: text.append(Self.stray[below(Self.stray.count)])
            default: text.append(Self.plain[below(Self.plain.count)])
            }
        }
        return text
    }

    private func below(_ limit: Int) -> Int { Int(random.next() * Double(limit)) }
}
