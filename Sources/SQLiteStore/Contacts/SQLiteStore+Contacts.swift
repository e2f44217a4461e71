package import Campaigns
package import JobQueue

extension SQLiteStore: ContactStore {
    package func beginImport(_ order: ImportOrder, newID: ObjectID, now: Timestamp)
        throws(StoreError) -> ListImport
    {
        guard let id = order.id?.description else {
            return try newList(order, id: newID.description, now: now)
        }
        let opened = try write("begin import") { [epoch] transaction in
            guard let facts = try transaction.importFacts(id) else {
                throw StoreError.notFound("contact list", id)
            }
            guard facts.importEpoch == nil else {
                throw StoreError.conflict(
                    "another import into contact list \(id) is under way: wait until it has ended"
                )
            }
            if let channel = order.channel, channel != facts.channel {
                throw StoreError.conflict(
                    "contact list \(id) is for \(facts.channel?.rawValue ?? "every channel"), not "
                        + "\(channel.rawValue)"
                )
            }
            try transaction.run(ContactSQL.openImport, epoch, facts.seq)
            return facts
        }
        return ListImport(
            listSeq: opened.seq,
            listID: id,
            name: order.name,
            channel: opened.channel,
            revision: opened.revision + 1
        )
    }

    private func newList(_ order: ImportOrder, id: String, now: Timestamp) throws(StoreError)
        -> ListImport
    {
        try write("new list") { [epoch] transaction in
            try transaction.run(
                ContactSQL.insertList,
                id,
                order.name ?? id,
                order.channel,
                now,
                epoch
            )
            return ListImport(
                listSeq: transaction.lastInsertedID,
                listID: id,
                name: nil,
                channel: order.channel,
                revision: 1
            )
        }
    }

    package func stage(_ contacts: [NewContact], in listImport: ListImport) throws(StoreError) {
        try write("stage contacts") { [space] transaction in
            try space.demandRoom()
            for contact in contacts { try transaction.stage(contact, in: listImport) }
        }
    }

    package func finishImport(
        _ listImport: ListImport,
        now: Timestamp,
        keeping: AnswerKeeping<ContactList>?
    ) throws(StoreError) -> ContactList {
        try write("finish import") { [epoch] transaction in
            let change = try transaction.first(
                ContactSQL.countChange,
                listImport.listSeq,
                listImport.revision
            ) { $0.int64(0) }
            let changes = try transaction.run(
                ContactSQL.finish,
                listImport.revision,
                listImport.name,
                change ?? 0,
                now,
                listImport.listSeq,
                epoch
            )
            guard changes == 1,
                let list = try transaction.first(
                    ContactSQL.list,
                    listImport.listID,
                    row: ContactList.init
                )
            else {
                throw StoreError.conflict(
                    "the import into \(listImport.listID) was taken back: start it again"
                )
            }
            try transaction.keep(keeping, of: list, now: now)
            return list
        }
    }

    package func abandonImport(_ listImport: ListImport) throws(StoreError) {
        try takeBack(list: listImport.listSeq, revision: listImport.revision - 1)
    }

    /// Takes back every import that a dead process left open.
    func takeBackOpenImports() throws(StoreError) {
        let open = try read("open imports") { snapshot in
            try snapshot.all(ContactSQL.openImports) { ($0.int64(0), $0.int64(1)) }
        }
        for (list, revision) in open { try takeBack(list: list, revision: revision) }
    }

    /// Removes what was staged above `revision`, in chunks, and closes the import.
    private func takeBack(list: Int64, revision: Int64) throws(StoreError) {
        for sql in [ContactSQL.dropStaged, ContactSQL.restoreReplaced] {
            var changes = Self.chunk
            while changes == Self.chunk {
                changes = try write("take back import") { transaction in
                    try transaction.run(sql, list, revision, Self.chunk)
                }
            }
        }
        try write("close import") { transaction in
            try transaction.run(ContactSQL.closeImport, list)
            try transaction.run(ContactSQL.dropNew, list)
        }
    }

    package func contactList(_ id: String) throws(StoreError) -> ContactList? {
        try read("list") { try $0.first(ContactSQL.list, id, row: ContactList.init) }
    }

    package func contactLists(before: String?, limit: Int) throws(StoreError) -> [ContactList] {
        try read("lists") { snapshot in
            try snapshot.all(ContactSQL.lists, before ?? "~", limit, row: ContactList.init)
        }
    }

    package func deleteContactList(_ id: String, now: Timestamp) throws(StoreError) {
        try write("delete list") { transaction in
            let changes = try transaction.run(ContactSQL.delete, now, id)
            if changes == 0 { throw StoreError.notFound("contact list", id) }
        }
    }

    /// Rows one transaction moves at most (DESIGN section 5).
    private static let chunk = 1_000
}

/// What an import into an existing list depends on.
private struct ImportFacts {
    var seq: Int64
    var channel: Channel?
    var revision: Int64
    var importEpoch: Int64?
}

extension Transaction {
    fileprivate func importFacts(_ id: String) throws -> ImportFacts? {
        try first(ContactSQL.importFacts, id) { row in
            row.bool(5)
                ? nil
                : ImportFacts(
                    seq: row.int64(0),
                    channel: row.textOrNil(2).map(Channel.init(stored:)),
                    revision: row.int64(3),
                    importEpoch: row.int64OrNil(4)
                )
        } ?? nil
    }

    /// Stages one contact in place of what its address stands for now.
    ///
    /// The address that tells contacts apart is the email, or the phone where the list is of phones.
    /// In an untyped list a contact without email is told from others without by its phone.
    fileprivate func stage(_ contact: NewContact, in listImport: ListImport) throws {
        let (drop, replace, address) =
            switch listImport.channel {
            case nil where contact.emailKey.isEmpty:
                (
                    ContactSQL.dropStagedByPhoneAlone, ContactSQL.replaceByPhoneAlone,
                    contact.phone
                )
            case nil, .email:
                (ContactSQL.dropStagedByEmail, ContactSQL.replaceByEmail, contact.emailKey)
            case .sms, .voice:
                (ContactSQL.dropStagedByPhone, ContactSQL.replaceByPhone, contact.phone)
            }
        try run(drop, listImport.listSeq, address, listImport.revision)
        try run(replace, listImport.listSeq, address, listImport.revision)
        try run(
            ContactSQL.insert,
            listImport.listSeq,
            contact.email,
            contact.emailKey,
            contact.phone,
            contact.timezone,
            FlatJSON.encode(contact.variables),
            listImport.revision
        )
    }
}

extension ContactList {
    /// Reads `ContactSQL.columns`.
    fileprivate init(_ row: SQLRow) {
        self.init(
            id: row.text(0),
            name: row.text(1),
            channel: row.textOrNil(2).map(Channel.init(stored:)),
            contacts: row.int64(3),
            createdAt: row.timestamp(4),
            updatedAt: row.timestamp(5),
            deletedAt: row.timestampOrNil(6)
        )
    }
}
