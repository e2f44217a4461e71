import Campaigns
import Testing

@Suite("Unsubscribe links", .timeLimit(.minutes(10)))
struct UnsubscribeLinksTests {
    private static let root = "https://mail.example.org/hooks"
    private let links = UnsubscribeLinks(publicURL: root, key: Array(repeating: 7, count: 32))
    private let ann = RecipientKey(channel: .email, normalised: "ann+x@example.org")

    private func token(_ url: String) -> String { String(url.split(separator: "/").last ?? "") }

    @Test("a link names its recipient and message, is the same each time, and is fit for a URL")
    func opened() throws {
        for (recipient, message) in [
            (ann, Int64(67_108_865)), (RecipientKey(channel: .sms, normalised: "+19498671145"), 1),
            (RecipientKey(channel: .voice, normalised: "+1"), Int64.max),
        ] {
            let url = links.url(for: recipient, message: message)
            #expect(url == links.url(for: recipient, message: message))
            #expect(url.hasPrefix("\(Self.root)/u/"))
            let isURL = token(url).utf8.allSatisfy { byte in
                Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
            #expect(isURL)
            let opened = try #require(links.opened(token(url)))
            #expect(opened.recipient == recipient)
            #expect(opened.message == message)
        }
    }

    @Test("no other text opens: not a changed one, one cut short, nor one signed by another key")
    func forged() {
        let token = token(links.url(for: ann, message: 1))
        for index in token.indices {
            var other = token
            other.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            #expect(links.opened(other) == nil, "\(other)")
        }
        let foreign = UnsubscribeLinks(publicURL: Self.root, key: Array(repeating: 8, count: 32))
        for other in [
            "", "x", "====", String(token.dropLast()), token + "A", token + "=", " " + token,
            self.token(foreign.url(for: ann, message: 1)),
            self.token(UnsubscribeLinks.sample(for: ann, publicURL: Self.root)),
        ] {
            #expect(links.opened(other) == nil, "\(other)")
        }
    }

    @Test("the example in a preview is as long as the link, so an SMS has the same parts")
    func sample() {
        for length in 1...60 {
            let key = RecipientKey(channel: .sms, normalised: String(repeating: "1", count: length))
            let link = links.url(for: key, message: 5)
            let sample = UnsubscribeLinks.sample(for: key, publicURL: Self.root)
            #expect(link.utf8.count == sample.utf8.count)
        }
    }
}
