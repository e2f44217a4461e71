import APITypes
import Campaigns
import JobQueue

extension ListBody {
    /// The list as it stands.
    init(_ list: ContactList) {
        self.init(
            contactListId: list.id,
            name: list.name,
            channel: list.channel?.rawValue,
            contacts: list.contacts,
            createdAt: list.createdAt.description,
            updatedAt: list.updatedAt.description,
            deletedAt: list.deletedAt?.description
        )
    }
}
