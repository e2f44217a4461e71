import Testing

@testable import Campaigns

@Suite("Email addresses", .timeLimit(.minutes(10)))
struct EmailAddressTests {
    @Test(
        "a plain address is taken as written and compared in lower case",
        arguments: [
            "a@example.com", "Ada.Lovelace+news@Example.CO.uk", "!#$%&'*+-/=?^_`{|}~@x-1.example",
            "x@xn--bcher-kva.example", "1@1.2.3d",
            String(repeating: "a", count: 64) + "@example.com",
        ]
    )
    func accepted(text: String) throws {
        let address = try EmailAddress(text)
        #expect(address.text == text)
        #expect(address.normalised == text.lowercased())
        #expect("\(address)" == text)
    }

    @Test("the domain is what follows the last at sign, in lower case")
    func domain() throws {
        #expect(try EmailAddress("Ada@Mail.Example.COM").domain == "mail.example.com")
    }

    @Test(
        "anything else is refused with its reason",
        arguments: [
            ("", .empty),
            ("example.com", .noAtSign),
            ("@example.com", .emptyLocalPart),
            ("\"a b\"@example.com", .quotedLocalPart),
            ("a@[127.0.0.1]", .addressLiteral),
            ("a@127.0.0.1", .addressLiteral),
            ("a@localhost", .noTopLevelDomain),
            (".a@example.com", .misplacedDot),
            ("a.@example.com", .misplacedDot),
            ("a..b@example.com", .misplacedDot),
            ("a@b@example.com", .character("@")),
            ("a b@example.com", .character(" ")),
            ("a@exa mple.com", .character(" ")),
            ("<a@example.com>", .character("<")),
            ("a@example.com>", .character(">")),
            ("a\r\nb@example.com", .character("\r")),
            ("a@example.com\n", .character("\n")),
            ("a\0@example.com", .character("\0")),
            ("a,b@example.com", .character(",")),
            ("a@exa_mple.com", .character("_")),
            ("a@example..com", .domainLabel),
            ("a@example.com.", .domainLabel),
            ("a@-example.com", .domainLabel),
            ("a@example-.com", .domainLabel),
            ("a@" + String(repeating: "b", count: 64) + ".com", .domainLabel),
            ("jörg@example.com", .notASCII),
            ("a@bücher.example", .notASCII),
            (String(repeating: "a", count: 65) + "@example.com", .localPartTooLong),
        ] as [(String, EmailAddressError)]
    )
    func refused(text: String, expected: EmailAddressError) {
        #expect(throws: expected) { try EmailAddress(text) }
    }

    @Test("254 bytes are the limit")
    func length() throws {
        func address(bytes: Int) -> String {
            let label = String(repeating: "b", count: 49) + "."
            let domain = String(repeating: label, count: 4) + "com"
            return String(repeating: "a", count: bytes - domain.utf8.count - 1) + "@" + domain
        }
        #expect(try EmailAddress(address(bytes: 254)).text.utf8.count == 254)
        #expect(throws: EmailAddressError.tooLong) { try EmailAddress(address(bytes: 255)) }
    }
}

@Suite("Mailboxes", .timeLimit(.minutes(10)))
struct MailboxTests {
    @Test(
        "a sender is an address with or without a name",
        arguments: [
            ("info@example.com", nil),
            (" info@example.com ", nil),
            ("<info@example.com>", nil),
            ("Ada <info@example.com>", "Ada"),
            ("Ada, Countess of Lovelace <info@example.com>", "Ada, Countess of Lovelace"),
            ("\"Ada, \\\"Countess\\\"\"  <info@example.com>", "Ada, \"Countess\""),
            ("\"<Ada>\" <info@example.com>", "<Ada>"),
            ("Zoë 🎉<info@example.com>", "Zoë 🎉"),
            ("\"\" <info@example.com>", nil),
        ] as [(String, String?)]
    )
    func accepted(text: String, name: String?) throws {
        let mailbox = try Mailbox(text)
        #expect(mailbox.name == name)
        #expect(mailbox.address.text == "info@example.com")
    }

    @Test(
        "a name that could break the header is refused",
        arguments: [
            "Ada\r\nBcc: x@example.com <info@example.com>", "A\0 <info@example.com>",
            "<x@example.com> <info@example.com>", "\"Ada <info@example.com>",
            "\"Ada\" x <info@example.com>", "Ada \"x\" <info@example.com>",
            String(repeating: "x", count: 257) + " <info@example.com>",
        ]
    )
    func refused(text: String) {
        #expect(throws: EmailAddressError.displayName) { try Mailbox(text) }
    }

    @Test("the address inside is checked like any other")
    func addressIsChecked() {
        #expect(throws: EmailAddressError.noAtSign) { try Mailbox("Ada <example.com>") }
        #expect(throws: EmailAddressError.character(" ")) { try Mailbox("Ada info@example.com") }
    }
}

@Suite("Phone numbers", .timeLimit(.minutes(10)))
struct PhoneNumberTests {
    @Test(
        "every usual spelling gives E.164",
        arguments: [
            ("+19498671145", "+19498671145"),
            ("9498671145", "+19498671145"),
            ("19498671145", "+19498671145"),
            ("(949) 867-1145", "+19498671145"),
            ("949.867.1145", "+19498671145"),
            ("+1 (949) 867 1145", "+19498671145"),
            ("(+1) 949 867 1145", "+19498671145"),
            ("+44 20 7946 0958", "+442079460958"),
            ("00442079460958", "+442079460958"),
            ("+4915112345678", "+4915112345678"),
            ("+6821234", "+6821234"),
            ("+923456789012345", "+923456789012345"),
        ]
    )
    func accepted(text: String, expected: String) throws {
        #expect(try PhoneNumber(text).e164 == expected)
    }

    @Test(
        "anything else is refused with its reason",
        arguments: [
            ("", .empty),
            ("+", .empty),
            ("- -", .empty),
            ("8671145", .countryCode),
            ("+0441234567", .countryCode),
            ("+682123", .length(6)),
            ("+9234567890123456", .length(16)),
            ("+1 149 867 1145", .northAmerican),
            ("+1 949 067 1145", .northAmerican),
            ("0498671145", .northAmerican),
            ("+194986711", .northAmerican),
            ("+44 (0)20 7946 0958", .trunkPrefix),
            ("949-867-1145 x12", .character),
            ("949+8671145", .character),
            ("++19498671145", .character),
            ("١٢٣٤٥٦٧٨٩٠", .character),
            ("+1949867114\n5", .character),
            (String(repeating: "1 ", count: 40), .tooLong),
        ] as [(String, PhoneNumberError)]
    )
    func refused(text: String, expected: PhoneNumberError) {
        #expect(throws: expected) { try PhoneNumber(text) }
    }

    @Test("without a region a number needs its country code")
    func noRegion() throws {
        #expect(throws: PhoneNumberError.countryCode) {
            try PhoneNumber("9498671145", region: .unspecified)
        }
        #expect(try PhoneNumber("+19498671145", region: .unspecified).e164 == "+19498671145")
    }

    @Test(
        "a sender is a short code or a number",
        arguments: [
            ("123", "123"), ("12345678", "12345678"), ("9498671145", "+19498671145"),
            ("+442079460958", "+442079460958"),
        ]
    )
    func senders(text: String, expected: String) throws {
        #expect(try SenderNumber(text).normalised == expected)
    }

    @Test("a sender of another form is refused", arguments: ["12", "123456789", "12 345", "ACME"])
    func refusedSenders(text: String) {
        #expect(throws: PhoneNumberError.self) { try SenderNumber(text) }
    }
}
