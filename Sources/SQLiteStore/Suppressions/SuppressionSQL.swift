/// Every statement on suppressions; claims and builds look them up in statements of their own.
enum SuppressionSQL {
    /// In the order in which `Suppression.init(_:)` reads them.
    static let columns = "channel, address, reason, note, at"
    static let insert = """
        INSERT INTO suppression (channel, address, reason, note, at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (channel, address) DO NOTHING
        """
    static let remove = "DELETE FROM suppression WHERE channel = ? AND address = ?"
    static let suppression = """
        SELECT \(columns) FROM suppression WHERE channel = ? AND address = ?
        """
    static let page = """
        SELECT \(columns) FROM suppression WHERE (channel, address) > (?, ?)
        ORDER BY channel, address LIMIT ?
        """
    static let pageOfChannel = """
        SELECT \(columns) FROM suppression WHERE channel = ? AND address > ?
        ORDER BY address LIMIT ?
        """
}
