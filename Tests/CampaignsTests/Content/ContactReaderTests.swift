import Foundation
import Testing

@testable import Campaigns

@Suite("Contact reader", .timeLimit(.minutes(10)))
struct ContactReaderTests {
    private func read(
        _ text: String,
        channel: Channel? = nil
    ) throws -> (contacts: [ContactRow], rejected: [RejectedRow]) {
        var reader = ContactReader(channel: channel)
        var contacts: [ContactRow] = []
        var rejected: [RejectedRow] = []
        func take(_ row: Result<ContactRow, RejectedRow>) {
            switch row {
            case .success(let contact): contacts.append(contact)
            case .failure(let row): rejected.append(row)
            }
        }
        try Array(text.utf8).withUnsafeBytes { try reader.feed($0, row: take) }
        try reader.finish(row: take)
        return (contacts, rejected)
    }

    @Test("address columns become typed fields, the others variables")
    func fields() throws {
        let text = """
            Name,EMail,Phone,TimeZone,Plan Name
            Ada, Ada@Example.com ,949-867-1145,Europe/Paris,gold
            Bob,,+442079460958, ," "
            """
        let contacts = try read(text).contacts
        #expect(
            contacts == [
                ContactRow(
                    line: 2,
                    email: try EmailAddress("Ada@Example.com"),
                    phone: try PhoneNumber("+19498671145"),
                    timezone: "Europe/Paris",
                    variables: ["Name": "Ada", "Plan Name": "gold"]
                ),
                ContactRow(
                    line: 3,
                    email: nil,
                    phone: try PhoneNumber("+442079460958"),
                    timezone: nil,
                    variables: ["Name": "Bob"]
                ),
            ]
        )
        #expect(contacts.first?.email?.normalised == "ada@example.com")
    }

    @Test(
        "a contact needs an address for the channel of its list",
        arguments: [
            (nil, "has neither email nor phone", [1, 2, 3]),
            (.email, "has no email", [1, 2]),
            (.sms, "has no phone", [1, 3]),
            (.voice, "has no phone", [1, 3]),
        ] as [(Channel?, String, [Int])]
    )
    func channels(channel: Channel?, reason: String, good: [Int]) throws {
        let text = """
            n,email,phone
            1,a@example.com,9498671145
            2,b@example.com,
            3,,9498671146
            4,,
            """
        let (contacts, rejected) = try read(text, channel: channel)
        #expect(contacts.map { $0.variables["n"] } == good.map(String.init))
        #expect(rejected.last == RejectedRow(line: 5, reason: reason))
    }

    @Test("a field that cannot be used is named with its value")
    func badFields() throws {
        let long = String(repeating: "x", count: 70)
        let text = """
            email,phone,timezone
            nobody,,
            \(long)\u{1B}@example.com,,
            a@example.com,12,
            a@example.com,,../../../etc/passwd
            """
        let rejected = try read(text).rejected
        #expect(rejected.map(\.line) == [2, 3, 4, 5])
        #expect(
            rejected.map(\.reason) == [
                "email \"nobody\" has no @",
                "email \"\(String(repeating: "x", count: 60))…\" has more than 64 bytes before the @",
                "phone \"12\" has no country code; write it with + and the country code",
                "timezone \"../../../etc/passwd\" is not an IANA name such as Europe/Paris",
            ]
        )
    }

    @Test("a value with control characters cannot reach a terminal")
    func controlCharacters() throws {
        let rejected = try read("email\n\u{1B}[2Jx\n").rejected
        #expect(rejected.map(\.reason) == ["email \"\u{FFFD}[2Jx\" has no @"])
    }

    @Test("a bad row of CSV is passed on as it is")
    func badRow() throws {
        let (contacts, rejected) = try read("email\na,b\na@example.com\n")
        #expect(contacts.map(\.line) == [3])
        #expect(rejected == [RejectedRow(line: 2, reason: "has 2 cells where the header has 1")])
    }

    @Test(
        "a header without the column the list needs is refused, with or without rows",
        arguments: ["mail;phone\n", "mail;phone\nx;y\n"]
    )
    func missingColumn(text: String) {
        #expect(throws: CSVHeaderError.noColumn(["email"], header: ["mail;phone"])) {
            try read(text, channel: .email)
        }
    }

    @Test("two columns that differ in case only are one column too many")
    func duplicateColumn() {
        #expect(throws: CSVHeaderError.duplicate("email")) { try read("Email,EMAIL\n") }
    }

    @Test("a time zone is a zone file of the folder, not a folder or another file")
    func zones() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "zones-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "Europe"),
            withIntermediateDirectories: true
        )
        try Data("TZif2".utf8).write(to: folder.appending(path: "Europe/Paris"))
        try Data("TZif2".utf8).write(to: folder.appending(path: "UTC"))
        try Data("text".utf8).write(to: folder.appending(path: "leapseconds"))
        var zones = TimeZoneNames(folder: folder.path())
        let names = ["Europe/Paris", "UTC", "Europe", "Europe/Rome", "leapseconds", "Europe/"]
        for _ in 1...2 { #expect(names.filter { zones.contains($0) } == ["Europe/Paris", "UTC"]) }
    }

    @Test("without a zone folder a time zone is checked for its form only")
    func zonesWithoutFolder() {
        var zones = TimeZoneNames(folder: "/nonexistent/zoneinfo")
        let names = ["Mars/Olympus", "UTC", "/Mars", "Mars/../Olympus", "Mars/", ""]
        #expect(names.filter { zones.contains($0) } == ["Mars/Olympus", "UTC"])
    }
}
