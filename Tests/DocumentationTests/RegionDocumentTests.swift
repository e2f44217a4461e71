import Campaigns
import Testing

@Suite("Documents: regions are those of the code", .timeLimit(.minutes(10)))
struct RegionDocumentTests {
    @Test("docs/consent.md lists every region whose numbers can be read, and no other")
    func regions() throws {
        let text = try Document(path: "docs/consent.md").text
        let list = try #require(
            text.firstMatch(of: /<!-- regions[^>]*-->\n(?<list>[^<]*)<!-- \/regions -->/)
        )
        let documented = list.list.matches(of: /`([A-Z]{2})`/).map { String($0.1) }
        let known = PhoneNumber.Region.allCases.filter { $0 != .unspecified }.map(\.rawValue)
        #expect(documented.sorted() == known.sorted())
    }
}
