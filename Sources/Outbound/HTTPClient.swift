import CCurl
package import Dispatch

/// Sends HTTP/1.1 requests over a bounded number of connections, and tells whether the server may
/// have acted on each.
///
/// No request leaves twice, no redirect is followed, no cookie is kept. Connections are reused. All
/// work and every completion run on one serial queue of the client's own, which nothing blocks. A
/// client lives until its last request has ended, even when nobody holds it.
package final class HTTPClient: @unchecked Sendable {
    // The protector is `queue`: all variables are touched on it alone.

    private struct Waiting {
        let request: HTTPRequest
        let completion: @Sendable (HTTPOutcome) -> Void
    }

    let configuration: HTTPClientConfiguration
    let queue: DispatchQueue
    /// Made on the queue, which owns it.
    private lazy var multi = CurlMulti(queue: queue, connections: configuration.maxConnections)
    private lazy var deadline = DeadlineTimer(queue: queue) { [weak self] in self?.giveUp() }
    private var waiting = Fifo<Waiting>()
    private var transfers: [ObjectIdentifier: HTTPTransfer] = [:]
    private var isShutDown = false
    private var shutdownCompletions: [@Sendable () -> Void] = []

    /// A client without a connection yet.
    package init(_ configuration: HTTPClientConfiguration) {
        self.configuration = configuration
        queue = DispatchQueue(label: configuration.name)
    }

    /// Sends a request; never blocks.
    ///
    /// `completion` runs exactly once, on the client's queue. Requests that find every connection
    /// busy wait in the order they came, without a bound: the caller keeps their number small.
    package func send(
        _ request: HTTPRequest,
        completion: @escaping @Sendable (HTTPOutcome) -> Void
    ) {
        queue.async { self.accept(Waiting(request: request, completion: completion)) }
    }

    /// Gives back, as `abandoned`, every request of which no byte has left, and ends.
    ///
    /// Requests that wait for their reply are waited for until `deadline` and are `unknown` then.
    /// `completion` runs on the client's queue when every request has its outcome. Requests sent
    /// from now on are abandoned.
    package func shutDown(deadline: DispatchTime, completion: @escaping @Sendable () -> Void) {
        queue.async { self.beginShutdown(deadline.uptimeNanoseconds, completion) }
    }
}

extension HTTPClient {
    private func accept(_ item: Waiting) {
        if isShutDown {
            item.completion(.abandoned)
        } else if let refusal = item.request.refusal {
            item.completion(.notSent(reason: refusal))
        } else {
            waiting.append(item)
            startWaiting()
        }
    }

    private func startWaiting() {
        while transfers.count < configuration.maxConnections, let next = waiting.popFirst() {
            let transfer = HTTPTransfer(next.request, configuration, completion: next.completion)
            transfers[ObjectIdentifier(transfer)] = transfer
            multi.add(transfer.easy) { [self] code in
                finish(transfer, transfer.outcome(of: code))
            }
        }
    }

    private func finish(_ transfer: HTTPTransfer, _ outcome: HTTPOutcome) {
        dispatchPrecondition(condition: .onQueue(queue))
        transfers[ObjectIdentifier(transfer)] = nil
        multi.remove(transfer.easy)
        transfer.close()
        transfer.completion(outcome)
        startWaiting()
        reportShutdownIfDone()
    }

    private func beginShutdown(
        _ instant: DeadlineTimer.Instant,
        _ completion: @escaping @Sendable () -> Void
    ) {
        isShutDown = true
        shutdownCompletions.append(completion)
        deadline.arm(instant)
        while let item = waiting.popFirst() { item.completion(.abandoned) }
        for transfer in Array(transfers.values) where !transfer.hasBegun {
            finish(transfer, .abandoned)
        }
        reportShutdownIfDone()
    }

    private func giveUp() {
        for transfer in Array(transfers.values) {
            finish(transfer, .unknown(reason: "shut down before the reply"))
        }
    }

    private func reportShutdownIfDone() {
        guard isShutDown, transfers.isEmpty else { return }
        let completions = shutdownCompletions
        shutdownCompletions = []
        for completion in completions { completion() }
    }
}
