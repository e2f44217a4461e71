package import Campaigns
package import JobQueue

extension SQLiteStore: TemplateStore {
    package func putTemplate(
        _ order: TemplateOrder,
        newID: ObjectID,
        now: Timestamp,
        keeping: AnswerKeeping<Template>?
    ) throws(StoreError) -> Template {
        try write("put template") { [space] transaction in
            try space.demandRoom()
            let id = order.id?.description ?? newID.description
            if order.id == nil {
                try transaction.run(TemplateSQL.insert, id, order.name, order.channel, now)
            } else {
                try transaction.checkNewVersion(order, id)
                try transaction.run(TemplateSQL.addVersion, order.name, now, id)
            }
            guard let template = try transaction.first(TemplateSQL.template, id, row: Template.init)
            else { throw StoreError.notFound("template", id) }
            try transaction.run(
                TemplateSQL.insertVersion,
                id,
                template.version,
                order.content.subject,
                order.content.text,
                order.content.html,
                now
            )
            try transaction.keep(keeping, of: template, now: now)
            return template
        }
    }

    package func template(_ id: String) throws(StoreError) -> Template? {
        try read("template") { try $0.first(TemplateSQL.template, id, row: Template.init) }
    }

    package func templateContent(_ id: String, version: Int) throws(StoreError)
        -> TemplateContent?
    {
        try read("template version") { snapshot in
            try snapshot.first(TemplateSQL.content, id, version) { TemplateContent($0, from: 0) }
        }
    }

    package func templates(channel: Channel?, before: String?, limit: Int) throws(StoreError)
        -> [Template]
    {
        try read("templates") { snapshot in
            try snapshot.all(
                TemplateSQL.list,
                before ?? "~",
                channel,
                limit,
                row: Template.init
            )
        }
    }

    package func deleteTemplate(_ id: String, now: Timestamp) throws(StoreError) {
        try write("delete template") { transaction in
            let changes = try transaction.run(TemplateSQL.delete, now, id)
            if changes == 0 { throw StoreError.notFound("template", id) }
        }
    }
}

extension Transaction {
    /// A version goes onto a template that is there, not deleted, and of the same channel.
    fileprivate func checkNewVersion(_ order: TemplateOrder, _ id: String) throws {
        guard let template = try first(TemplateSQL.template, id, row: Template.init),
            template.deletedAt == nil
        else { throw StoreError.notFound("template", id) }
        guard template.channel == order.channel else {
            throw StoreError.conflict(
                "template \(id) is for \(template.channel.rawValue): a version for "
                    + "\(order.channel.rawValue) needs a template of its own"
            )
        }
    }
}

extension Template {
    /// Reads `TemplateSQL.columns`.
    fileprivate init(_ row: SQLRow) {
        self.init(
            id: row.text(0),
            name: row.text(1),
            channel: Channel(stored: row.text(2)),
            version: row.int(3),
            createdAt: row.timestamp(4),
            updatedAt: row.timestamp(5),
            deletedAt: row.timestampOrNil(6)
        )
    }
}
