/// The workers together: who gets a job, and who takes which next.
struct Crew: Sendable {
    private let workers: [Worker]

    init(size: Int) {
        workers = (0..<size).map(Worker.init(number:))
    }

    var indices: Range<Int> { workers.indices }

    subscript(index: Int) -> Worker { workers[index] }

    /// Shares the jobs out in turn and starts as many sleeping workers as there are jobs.
    ///
    /// It does not matter who gets which: whoever is free takes the most urgent job of all shelves.
    func deal(_ jobs: [Job], start: (Int) -> @Sendable () -> Void) {
        guard !jobs.isEmpty else { return }
        for (index, worker) in workers.enumerated() {
            worker.shelve(jobs, from: index, every: workers.count)
        }
        var started = 0
        for (index, worker) in workers.enumerated() where started < jobs.count {
            if worker.wake(start(index)) { started += 1 }
        }
    }

    /// The most urgent front of all shelves, the worker's own before others as urgent; nil if none.
    ///
    /// So a worker with an empty shelf steals, and no urgent job waits for a slow worker.
    func next(for index: Int) -> Job? {
        while true {
            var chosen = index
            var priority = workers[index].frontPriority
            for other in workers.indices where workers[other].frontPriority < priority {
                chosen = other
                priority = workers[other].frontPriority
            }
            guard priority < Worker.nothingWaits else { return nil }
            if let job = workers[chosen].takeFront() { return job }
        }
    }

    /// Whether any shelf has a job waiting.
    var hasWaiting: Bool {
        workers.contains { $0.frontPriority < Worker.nothingWaits }
    }

    var areAllAsleep: Bool { workers.allSatisfy { !$0.isAwake } }

    var hasSleeper: Bool { workers.contains { !$0.isAwake } }

    /// Moves all ended attempts to `ended`; returns how many jobs wait on all shelves.
    func collect(into ended: inout [EndedAttempt]) -> Int {
        workers.reduce(0) { $0 + $1.collect(into: &ended) }
    }

    /// Takes every waiting job that matches off the shelves.
    func removeWaiting(where matches: (Job) -> Bool) -> [Job] {
        workers.flatMap { $0.removeWaiting(where: matches) }
    }
}
