/// Contacts made up for a test: `ann0001@example.com` is Ann 1, and so on.
struct Contacts {
    let count: Int
    var name = "ann"

    /// The CSV file with a header.
    var csv: String {
        var text = "email,name\n"
        for number in 1...count { text += "\(address(number)),Ann \(number)\n" }
        return text
    }

    func address(_ number: Int) -> String {
        let digits = String(number)
        return
            "\(name)\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)@example.com"
    }

    var addresses: [String] { (1...count).map(address) }
}
