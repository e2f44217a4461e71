/// Every statement on contact lists and their contacts, imports included.
enum ContactSQL {
    /// In the order in which `ContactList.init(_:)` reads them.
    static let columns = "id, name, channel, contacts, created_at, updated_at, deleted_at"
    static let list = "SELECT \(columns) FROM contact_list WHERE id = ? AND revision > 0"
    static let lists = """
        SELECT \(columns) FROM contact_list
        WHERE id < ? AND deleted_at IS NULL AND revision > 0 ORDER BY id DESC LIMIT ?
        """
    static let delete = """
        UPDATE contact_list SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL AND revision > 0
        """
    static let insertList = """
        INSERT INTO contact_list
            (id, name, channel, revision, contacts, created_at, updated_at, import_epoch)
        VALUES (?1, ?2, ?3, 0, 0, ?4, ?4, ?5)
        """
    static let importFacts = """
        SELECT seq, name, channel, revision, import_epoch, deleted_at IS NOT NULL
        FROM contact_list WHERE id = ?
        """
    static let openImport = "UPDATE contact_list SET import_epoch = ? WHERE seq = ?"
    static let openImports = "SELECT seq, revision FROM contact_list WHERE import_epoch IS NOT NULL"

    static let insert = """
        INSERT INTO contact (list, email, email_key, phone, timezone, variables, added_at_revision)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    // What tells a list's contacts apart; `?2` is the address. The plus signs, here and below, keep
    // SQLite to the index of addresses (sqlite.org/optoverview.html#uplus).
    private static let email = "list = ?1 AND email_key = ?2"
    private static let phone = "list = ?1 AND phone = ?2"
    private static let phoneAlone = "list = ?1 AND phone = ?2 AND +email_key = ''"
    // A row that is replaced by the import that staged it, revision `?3`, was never seen.
    private static let staged = "+added_at_revision = ?3"
    static let dropStagedByEmail = "DELETE FROM contact WHERE \(email) AND \(staged)"
    static let dropStagedByPhone = "DELETE FROM contact WHERE \(phone) AND \(staged)"
    static let dropStagedByPhoneAlone = "DELETE FROM contact WHERE \(phoneAlone) AND \(staged)"
    // Takes away what is seen from revision `?3` on.
    private static let replace = "UPDATE contact SET removed_at_revision = ?3"
    private static let seen = "removed_at_revision IS NULL"
    static let replaceByEmail = "\(replace) WHERE \(email) AND \(seen)"
    static let replaceByPhone = "\(replace) WHERE \(phone) AND \(seen)"
    static let replaceByPhoneAlone = "\(replace) WHERE \(phoneAlone) AND \(seen)"
    static let countChange = """
        SELECT (SELECT COUNT(*) FROM contact WHERE list = ?1 AND added_at_revision = ?2)
            - (SELECT COUNT(*) FROM contact WHERE list = ?1 AND removed_at_revision = ?2)
        """
    static let finish = """
        UPDATE contact_list SET revision = ?, name = COALESCE(?, name), contacts = contacts + ?,
            updated_at = ?, import_epoch = NULL
        WHERE seq = ? AND import_epoch = ?
        """
    static let dropStaged = """
        DELETE FROM contact WHERE id IN (
            SELECT id FROM contact WHERE list = ? AND added_at_revision > ? LIMIT ?)
        """
    static let restoreReplaced = """
        UPDATE contact SET removed_at_revision = NULL WHERE id IN (
            SELECT id FROM contact WHERE list = ? AND removed_at_revision IS NOT NULL
            AND removed_at_revision > ? LIMIT ?)
        """
    static let closeImport = "UPDATE contact_list SET import_epoch = NULL WHERE seq = ?"
    static let dropNew = "DELETE FROM contact_list WHERE seq = ? AND revision = 0"
}
