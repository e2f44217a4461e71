import JobQueue

/// Templates and lists by their ids; all callers share them.
extension CampaignService {
    /// The template, a deleted one too.
    package func template(_ id: ObjectID) throws(ServiceError) -> Template {
        let template = try stored { () throws(StoreError) in
            try store.template(id.description)
        }
        guard let template else { throw .store(.notFound("template", id.description)) }
        return template
    }

    /// The text of one of a template's versions.
    package func content(of template: Template, version: Int) throws(ServiceError)
        -> TemplateContent
    {
        let content = try stored { () throws(StoreError) in
            try store.templateContent(template.id, version: version)
        }
        guard let content else {
            throw .store(.notFound("version \(version) of template", template.id))
        }
        return content
    }

    /// Deletes the template softly.
    package func deleteTemplate(_ id: ObjectID) throws(ServiceError) {
        try stored { () throws(StoreError) in
            try store.deleteTemplate(id.description, now: clock.now)
        }
    }

    /// The list, a deleted one too.
    package func contactList(_ id: ObjectID) throws(ServiceError) -> ContactList {
        let list = try stored { () throws(StoreError) in try store.contactList(id.description) }
        guard let list else { throw .store(.notFound("contact list", id.description)) }
        return list
    }

    /// Deletes the list softly.
    package func deleteContactList(_ id: ObjectID) throws(ServiceError) {
        try stored { () throws(StoreError) in
            try store.deleteContactList(id.description, now: clock.now)
        }
    }
}
