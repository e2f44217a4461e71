/// One job a call, durable on return, by one client and by eight at once.
///
/// The floor is one connection that inserts one row in each transaction.
enum EnqueueOne: Scenario {
    static let name = "enqueue-one"
    static let standardSize = 5_000
    private static let rounds = 5

    static func run(_ bench: Bench) throws -> [Figure] {
        let open = try bench.openStore()
        defer { try? open.close() }
        let floor = try bench.openFloor()
        return try [1, 8].map { clients in
            let count = max(1, bench.size(in: rounds) / clients)
            let comparison = try Comparison(rounds: rounds) {
                try Lap.each(count * clients) { _ in try floor.insert() }
            } product: {
                try Lap.measure(count * clients) {
                    try Clients.run(clients) { _ in
                        try Lap.each(count) { _ in try open.enqueue(1) }.milliseconds
                    }
                }
            }
            let figure = Figure(name, clients == 1 ? "1 client" : "8 clients", comparison)
            return clients == 1
                ? figure : figure.toReach(ratio: 2, "to one row a transaction")
        }
    }
}
