import Campaigns
import TestSupport
import Testing

@Suite("Phone numbers: as libphonenumber reads them", .timeLimit(.minutes(10)))
struct PhoneOracleTests {
    /// A spelling, and what the Python port of libphonenumber makes of it.
    private struct Spelling: Decodable {
        var text: String
        var region: String
        /// Nil where it is no number: of a listed country no possible one, else with no such code.
        var e164: String?
        /// Whether it is a number that the plan gives out as an example of a fixed or mobile one.
        var isExample: Bool
    }

    @Test(
        "a number that is taken has the E.164 form that phonenumbers gives it",
        .enabled(if: Oracle.isThere, "\(Oracle.whereFrom)")
    )
    func corpus() throws {
        let regions = PhoneNumber.Region.allCases.filter { $0 != .unspecified }.map(\.rawValue)
        let corpus = try Oracle.ask(Self.script, regions, as: [Spelling].self)
        #expect(corpus.count > 10_000)
        var taken = 0
        // Collected, as an expectation for each of so many takes longer than all the rest.
        var faults: [String] = []
        for spelling in corpus {
            let region = try #require(PhoneNumber.Region(rawValue: spelling.region))
            let number = try? PhoneNumber(spelling.text, region: region)
            let place = "\(spelling.text) in \(spelling.region)"
            if let number {
                taken += 1
                if number.e164 != spelling.e164 {
                    faults.append("\(place) is \(spelling.e164 ?? "none"), not \(number)")
                }
            } else if spelling.isExample {
                faults.append("\(place) is refused")
            }
        }
        #expect(faults == [])
        #expect(taken > 4_000)
    }

    /// Examples and random numbers of each region in every usual spelling, with mistakes among
    /// them; and numbers of every other country, written with their code.
    private static let script = """
        import sys, json, random
        import phonenumbers as p
        random.seed(7)
        E, I, N = (p.PhoneNumberFormat.E164, p.PhoneNumberFormat.INTERNATIONAL,
                   p.PhoneNumberFormat.NATIONAL)
        regions, out = json.load(sys.stdin), []
        def read(text, region, is_example):
            try:
                # 00 is read as + everywhere, also where another prefix is dialled.
                number = p.parse("+" + text[2:] if text.startswith("00") else text, region)
                is_ours = p.region_code_for_country_code(number.country_code) in regions
                if not is_ours and text.startswith("00"): return
                is_number = p.is_possible_number(number) or not is_ours
                e164 = p.format_number(number, E) if is_number else None
            except p.NumberParseException:
                e164 = None
            out.append({"text": text, "region": region, "e164": e164, "isExample": is_example})
        def spell(number, region, is_example):
            for form in (E, I, N):
                text = p.format_number(number, form)
                read(text, region, is_example)
                read("".join(c for c in text if c.isdigit() or c == "+"), region, is_example)
        for region in regions:
            meta = p.PhoneMetadata.metadata_for_region(region)
            code = str(meta.country_code)
            for kind in (p.PhoneNumberType.FIXED_LINE, p.PhoneNumberType.MOBILE):
                example = p.example_number_for_type(region, kind)
                if example: spell(example, region, True)
            for _ in range(100):
                length = random.choice(meta.general_desc.possible_length)
                digits = "".join(random.choice("0123456789") for _ in range(length))
                for text in ("+" + code + digits, "+" + code + "0" + digits, digits,
                             "0" + digits, code + digits, digits[:3] + "-" + digits[3:]):
                    read(text, region, False)
        for region in p.SUPPORTED_REGIONS:
            for kind in (p.PhoneNumberType.FIXED_LINE, p.PhoneNumberType.MOBILE):
                example = p.example_number_for_type(region, kind)
                if example:
                    read(p.format_number(example, E), "US", False)
                    read(p.format_number(example, I), "US", False)
        print(json.dumps(out))
        """
}
