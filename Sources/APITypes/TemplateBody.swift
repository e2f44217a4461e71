/// A template; `subject`, `text` and `html` are those of `version`, and absent from lists.
package struct TemplateBody: Codable, Sendable, Equatable {
    package var templateId: String
    package var name: String
    package var channel: String
    /// The version shown; in lists the newest.
    package var version: Int
    package var createdAt: String
    package var updatedAt: String
    /// Set once it takes no new campaign.
    package var deletedAt: String?
    package var subject: String?
    package var text: String?
    package var html: String?

    /// Makes a template without its text.
    package init(
        templateId: String,
        name: String,
        channel: String,
        version: Int,
        createdAt: String,
        updatedAt: String,
        deletedAt: String?
    ) {
        self.templateId = templateId
        self.name = name
        self.channel = channel
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.deletedAt = deletedAt
    }
}

/// What `POST /api/templates` takes.
package struct TemplatePutBody: Codable, Sendable, Equatable {
    /// Absent: a new template; otherwise a new version of that one.
    package var id: String?
    package var name: String
    package var channel: String
    /// For email only, and then required.
    package var subject: String?
    package var text: String
    /// For email only.
    package var html: String?

    /// Makes a request.
    package init(
        id: String?,
        name: String,
        channel: String,
        subject: String?,
        text: String,
        html: String?
    ) {
        self.id = id
        self.name = name
        self.channel = channel
        self.subject = subject
        self.text = text
        self.html = html
    }
}

/// What came of `POST /api/templates`.
package struct TemplatePutReply: Codable, Sendable, Equatable {
    package var templateId: String
    package var version: Int

    /// Makes a reply.
    package init(templateId: String, version: Int) {
        self.templateId = templateId
        self.version = version
    }
}
