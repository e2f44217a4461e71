@testable import Campaigns

extension NewContact {
    /// A contact called `name`, with an address only where one is given.
    static func named(
        _ name: String,
        email: String = "",
        phone: String = "",
        variables: [String: String]? = nil
    ) -> NewContact {
        NewContact(
            email: email,
            emailKey: email.lowercased(),
            phone: phone,
            timezone: nil,
            variables: variables ?? ["name": name]
        )
    }

    /// The same with an email address made of the name.
    static func mail(_ name: String, variables: [String: String]? = nil) -> NewContact {
        .named(name, email: "\(name)@example.org", variables: variables)
    }
}

extension [NewContact] {
    /// Contacts by name, each with an email address.
    static func mails(_ names: String...) -> [NewContact] { names.map { .mail($0) } }

    /// So many contacts with an email address each: `p1`, `p2`, … in groups by length.
    static func people(_ count: Int) -> [NewContact] {
        (1...count).map { .mail("p\($0)") }
    }
}
