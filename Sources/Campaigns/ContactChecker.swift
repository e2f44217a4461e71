/// Turns named fields into a contact, by the rules that hold for the columns of a CSV file.
package struct ContactChecker {
    private let channel: Channel?
    private let region: PhoneNumber.Region
    private var zones = TimeZoneNames()

    /// Makes a checker for a list typed with `channel`, or for an untyped one.
    package init(channel: Channel?, region: PhoneNumber.Region) {
        self.channel = channel
        self.region = region
    }

    /// The contact, or why the fields are none; they stood on `line`.
    package mutating func contact(
        of fields: [String: String],
        line: Int
    ) -> Result<NewContact, RejectedRow> {
        let fields = fields.filter { _, text in
            !text.allSatisfy { $0 == " " || $0 == "\t" }
        }
        do {
            return .success(try contact(of: fields))
        } catch {
            return .failure(RejectedRow(line: line, reason: error.message))
        }
    }

    private mutating func contact(of fields: [String: String]) throws(FieldFault) -> NewContact {
        let email = try email(fields["email"])
        let phone = try phone(fields["phone"])
        if let zone = fields["timezone"], !zones.contains(zone) {
            throw FieldFault(
                "timezone",
                "timezone \(zone.excerpt) is not an IANA name such as Europe/Paris"
            )
        }
        switch channel {
        case .email where email == nil: throw FieldFault("email", "has no email")
        case .sms where phone == nil, .voice where phone == nil:
            throw FieldFault("phone", "has no phone")
        case nil where email == nil && phone == nil:
            throw FieldFault("email", "has neither email nor phone")
        default: break
        }
        let variables = fields.filter { !["email", "phone", "timezone"].contains($0.key) }
        return NewContact(
            email: email?.text ?? "",
            emailKey: email?.normalised ?? "",
            phone: phone?.e164 ?? "",
            timezone: fields["timezone"],
            variables: variables
        )
    }

    private func email(_ text: String?) throws(FieldFault) -> EmailAddress? {
        guard let text else { return nil }
        do {
            return try EmailAddress(String(text.trimmingSpaces()))
        } catch {
            throw FieldFault("email", "email \(text.excerpt) \(error)")
        }
    }

    private func phone(_ text: String?) throws(FieldFault) -> PhoneNumber? {
        guard let text else { return nil }
        do {
            return try PhoneNumber(String(text.trimmingSpaces()), region: region)
        } catch {
            throw FieldFault("phone", "phone \(text.excerpt) \(error)")
        }
    }
}
