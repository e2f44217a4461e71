/// Every statement on tests.
enum TestSendSQL {
    static let add = "INSERT INTO test_send (campaign, original) VALUES (?, ?)"
    static let original = "SELECT original FROM test_send WHERE campaign = ?"
}
