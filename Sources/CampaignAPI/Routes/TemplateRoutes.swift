import APITypes
import Campaigns
import FoundationEssentials
import JobQueue

extension RouteTable {
    /// Templates; all callers share them.
    static let templateRoutes: [Route] = [
        Route(
            method: .post,
            path: "/api/templates",
            operation: "putTemplate",
            summary: "Stores a template, or a new version of the one that id names.",
            repeats: .byAnswer,
            body: .json(.templatePut),
            replies: [.json(.templateReply, "The version is stored.", status: 201)],
            handle: { try $0.putTemplate() }
        ),
        Route(
            method: .get,
            path: "/api/templates",
            operation: "listTemplates",
            summary: "Lists templates, newest first, without their texts.",
            query: [
                .init(name: "channel", schema: .words(Channel.self), summary: "Their channel."),
                .limit,
                .init(name: "before", schema: .objectID, summary: "The id of the one before."),
            ],
            replies: [.list(.template, "The templates.")],
            handle: { try $0.listTemplates() }
        ),
        Route(
            method: .get,
            path: "/api/templates/{id}",
            operation: "getTemplate",
            summary: "Shows a template with the texts of one version.",
            query: [
                .init(name: "version", schema: .integer(1...), summary: "Absent: the newest.")
            ],
            replies: [.json(.template, "The template.")],
            handle: { try $0.getTemplate() }
        ),
        Route(
            method: .delete,
            path: "/api/templates/{id}",
            operation: "deleteTemplate",
            summary: "Deletes a template; what was built from it is not touched.",
            repeats: .byAnswer,
            replies: [.json(.result, "It takes no new campaign.")],
            handle: { try $0.deleteTemplate() }
        ),
    ]
}

extension Call {
    fileprivate func putTemplate() throws -> APIReply {
        let order = try document { object in
            let id = object.objectID("id")
            let name = object.name("name", required: true)
            let channel = object.choice("channel", of: Channel.self, required: true)
            let subject = object.string("subject")
            let text = object.string("text", required: true)
            let html = object.string("html")
            return if let name, let channel, let text {
                TemplateOrder(
                    id: id,
                    name: name,
                    channel: channel,
                    content: TemplateContent(subject: subject, text: text, html: html)
                )
            } else {
                nil
            }
        }
        let template = try service.putTemplate(
            order,
            keeping: try keeping(status: 201) { TemplatePutReply($0) }
        )
        return try .json(TemplatePutReply(template), status: 201)
    }

    fileprivate func listTemplates() throws -> APIReply {
        let (channel, limit, before) = try query { query in
            (query.choice("channel", of: Channel.self), query.limit, query.objectID("before"))
        }
        let listing = Listing<Template, String>(
            fetch: { [service] before, limit in
                try service.store.templates(channel: channel, before: before, limit: limit)
            },
            cursor: \.id,
            encode: { try JSONCoding.encode(TemplateBody($0)) }
        )
        return try listing.reply(
            to: self,
            limit: limit,
            from: before?.description,
            parameter: "before"
        )
    }

    fileprivate func getTemplate() throws -> APIReply {
        let id = try objectID()
        let version = try query { $0.integer("version", in: 1...Int.max) }
        let template = try service.template(id)
        var body = TemplateBody(template)
        let content = try service.content(of: template, version: version ?? template.version)
        body.version = version ?? template.version
        body.subject = content.subject
        body.text = content.text
        body.html = content.html
        return try .json(body)
    }

    fileprivate func deleteTemplate() throws -> APIReply {
        try service.deleteTemplate(try objectID())
        return try .json(ResultBody())
    }
}

extension ObjectReader {
    /// The name of a template or list.
    mutating func name(_ name: String, required: Bool = false) -> String? {
        let text = string(name, required: required)
        if let text, let fault = NameRule.fault(of: text) { self.fault(name, fault) }
        return text
    }
}

extension TemplatePutReply {
    fileprivate init(_ template: Template) {
        self.init(templateId: template.id, version: template.version)
    }
}
