import StoreContract
import Testing

@Suite("SQLite keeps the contract of a job store", .timeLimit(.minutes(10)))
struct JobStoreContractTests {
    @Test("enqueue", arguments: EnqueueContract.behaviours)
    func enqueue(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("claim", arguments: ClaimContract.behaviours)
    func claim(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("promotion", arguments: PromotionContract.behaviours)
    func promotion(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("end of an attempt", arguments: EndingContract.behaviours)
    func ending(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("lost claim", arguments: LostClaimContract.behaviours)
    func lostClaim(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("transition", arguments: TransitionContract.behaviours)
    func transition(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("operator's action", arguments: OperatorContract.behaviours)
    func operate(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("kind", arguments: KindContract.behaviours)
    func kind(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("list", arguments: ListContract.behaviours)
    func list(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("failures", arguments: FailureContract.behaviours)
    func failure(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("death", arguments: DeathContract.behaviours)
    func death(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("flight", arguments: FlightContract.behaviours)
    func flight(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }

    @Test("probation", arguments: ProbationContract.behaviours)
    func probation(_ behaviour: Behaviour) throws { try behaviour.hold(at: SQLiteSite()) }
}
