/// One good row of a contact list.
package struct ContactRow: Hashable, Sendable {
    /// The physical line on which the row begins, from 1.
    package var line: Int
    /// The address; its `normalised` form is the key for duplicates.
    package var email: EmailAddress?
    /// The phone; its `e164` form is the key for duplicates.
    package var phone: PhoneNumber?
    /// The IANA name of the contact's time zone.
    package var timezone: String?
    /// Every other column by its name; blank cells are absent.
    package var variables: [String: String]

    /// Makes a contact from checked fields.
    package init(
        line: Int,
        email: EmailAddress?,
        phone: PhoneNumber?,
        timezone: String?,
        variables: [String: String]
    ) {
        self.line = line
        self.email = email
        self.phone = phone
        self.timezone = timezone
        self.variables = variables
    }
}
