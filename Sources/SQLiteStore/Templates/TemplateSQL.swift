/// Every statement on templates.
enum TemplateSQL {
    /// In the order in which `Template.init(_:)` reads them.
    static let columns = "id, name, channel, version, created_at, updated_at, deleted_at"
    static let template = "SELECT \(columns) FROM template WHERE id = ?"
    static let list = """
        SELECT \(columns) FROM template WHERE id < ?1 AND deleted_at IS NULL
        AND (?2 IS NULL OR channel = ?2) ORDER BY id DESC LIMIT ?3
        """
    static let insert = """
        INSERT INTO template (id, name, channel, version, created_at, updated_at)
        VALUES (?1, ?2, ?3, 1, ?4, ?4)
        """
    static let addVersion = """
        UPDATE template SET version = version + 1, name = ?, updated_at = ?
        WHERE id = ? AND deleted_at IS NULL
        """
    static let insertVersion = """
        INSERT INTO template_version (template_id, version, subject, text, html, created_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    static let content = """
        SELECT subject, text, html FROM template_version WHERE template_id = ? AND version = ?
        """
    static let delete = "UPDATE template SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL"
}
