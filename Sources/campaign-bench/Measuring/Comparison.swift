/// The product and its floor, measured in turn: what slows the machine down slows both.
struct Comparison {
    private(set) var products: [Lap] = []
    private(set) var floors: [Lap] = []

    /// Rounds of both; who goes first alternates.
    init(
        rounds: Int,
        floor: () throws -> Lap,
        product: () throws -> Lap
    ) rethrows {
        for round in 0..<rounds {
            if round.isMultiple(of: 2) {
                floors.append(try floor())
                products.append(try product())
            } else {
                products.append(try product())
                floors.append(try floor())
            }
        }
    }

    /// A product without a floor.
    init(_ product: Lap) {
        products = [product]
    }

    var product: Lap { Lap(joining: products) }
    var floor: Lap { Lap(joining: floors) }

    /// The median over the rounds of the product's rate by the floor's.
    var ratio: Double {
        let ratios = zip(products, floors).map { $0.rate / $1.rate }.sorted()
        return ratios[ratios.count / 2]
    }
}
