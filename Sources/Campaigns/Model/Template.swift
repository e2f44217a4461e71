package import JobQueue

/// A template and its newest version.
package struct Template: Sendable, Equatable {
    package var id: String
    package var name: String
    package var channel: Channel
    /// The newest version, from 1.
    package var version: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// Deleted templates stay, for what was built from them, and take no new campaign.
    package var deletedAt: Timestamp?

    /// Makes a value of its parts.
    package init(
        id: String,
        name: String,
        channel: Channel,
        version: Int,
        createdAt: Timestamp,
        updatedAt: Timestamp,
        deletedAt: Timestamp?
    ) {
        self.id = id
        self.name = name
        self.channel = channel
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.deletedAt = deletedAt
    }
}

/// The text of one version; never changed once stored.
package struct TemplateContent: Sendable, Equatable {
    /// For email only.
    package var subject: String?
    package var text: String
    package var html: String?

    /// Makes the content of a version.
    package init(subject: String?, text: String, html: String?) {
        self.subject = subject
        self.text = text
        self.html = html
    }
}

/// A request to store a template or a new version of one.
package struct TemplateOrder: Sendable, Equatable {
    /// Nil: a new template.
    package var id: ObjectID?
    package var name: String
    package var channel: Channel
    package var content: TemplateContent

    /// Makes an order.
    package init(id: ObjectID?, name: String, channel: Channel, content: TemplateContent) {
        self.id = id
        self.name = name
        self.channel = channel
        self.content = content
    }
}
