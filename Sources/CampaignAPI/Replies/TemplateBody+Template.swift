import APITypes
import Campaigns
import JobQueue

extension TemplateBody {
    /// The template and its newest version's number.
    init(_ template: Template) {
        self.init(
            templateId: template.id,
            name: template.name,
            channel: template.channel.rawValue,
            version: template.version,
            createdAt: template.createdAt.description,
            updatedAt: template.updatedAt.description,
            deletedAt: template.deletedAt?.description
        )
    }
}
